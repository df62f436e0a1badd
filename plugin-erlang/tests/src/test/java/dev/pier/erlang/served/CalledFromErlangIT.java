package dev.pier.erlang.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangModule;
import dev.pier.erlang.Exposed;
import dev.pier.erlang.Exposure;
import dev.pier.erlang.Raised;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Functions of Pier, called by a real node in each way that Erlang has.
class CalledFromErlangIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final int MAX_CALLS = 50;
    private static final LinkedBlockingQueue<String> EVENTS = new LinkedBlockingQueue<>();

    private static TestNode node;

    @ErlangModule("accounts")
    static final class Accounts {
        private final AtomicInteger balance = new AtomicInteger();

        @Exposed
        int deposit(String account, int amount) {
            if (amount < 0) {
                throw new IllegalArgumentException("negative: " + amount);
            }
            return balance.addAndGet(amount);
        }

        @Exposed("balances")
        Map<String, Integer> all(List<String> accounts) {
            return Map.of(accounts.getFirst(), balance.get());
        }
    }

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(TestNode.builder(erlang.cookie()).maxServed(MAX_CALLS));
        node.runtime()
                .expose(
                        "useless",
                        "myfunction",
                        arguments -> Tuple.of(Atom.of("hello"), new ListTerm(arguments.terms())));
        node.runtime().expose("java", "echo", 1, arguments -> arguments.term(0));
        node.runtime().expose("java", "who", 0, arguments -> arguments.caller());
        node.runtime().expose("java", "throws", 1, arguments -> {
            throw Raised.thrown(arguments.term(0));
        });
        node.runtime().expose("java", "exits", 1, arguments -> {
            throw Raised.exit(arguments.term(0));
        });
        node.runtime().expose("java", "fails", 1, arguments -> {
            throw Raised.error(arguments.term(0));
        });
        node.runtime().expose("java", "breaks", 0, _ -> {
            throw new IllegalStateException("out of paper");
        });
        node.runtime().expose("java", "nan", 0, _ -> List.of(Double.NaN));
        node.runtime().expose("java", "tells", 1, arguments -> EVENTS.add(arguments.as(0, String.class)));
        node.runtime().expose("java", "number", 1, arguments -> arguments.as(0, long.class));
        node.runtime().expose("java", "bytes", 1, arguments -> new byte[arguments.as(0, int.class)]);
        node.runtime().expose("java", "sleeps", 1, arguments -> sleep(arguments.as(0, String.class)));
        node.runtime().expose(new Accounts());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /// Waits until it is interrupted, and reports its start and the interrupt.
    private static Object sleep(String name) throws InterruptedException {
        EVENTS.add(name + " sleeps");
        try {
            new CountDownLatch(1).await();
            return Atom.OK;
        } catch (InterruptedException e) {
            EVENTS.add(name + " interrupted");
            throw e;
        }
    }

    private static void awaitEvent(String event) {
        Await.until("'" + event + "'", () -> EVENTS.remove(event));
    }

    /// Evaluates with the name of the Pier node as `N`.
    private static String eval(String expressions) {
        return erlang.eval(expressions.replaceAll("\\bN\\b", "'" + node.name() + "'"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rpc:call(N, useless, myfunction, [1,2])",
                "rpc:call(N, useless, myfunction, [1,2], 5000)",
                "rpc:block_call(N, useless, myfunction, [1,2])",
                "rpc:yield(rpc:async_call(N, useless, myfunction, [1,2]))",
                "erpc:call(N, useless, myfunction, [1,2])",
                "erpc:call(N, useless, myfunction, [1,2], 5000)",
                "erpc:receive_response(erpc:send_request(N, useless, myfunction, [1,2]))",
                "begin {[R], []} = rpc:multicall([N], useless, myfunction, [1,2]), R end",
                "begin [{ok, R}] = erpc:multicall([N], useless, myfunction, [1,2]), R end",
                "gen_server:call({rex, N}, {call, useless, myfunction, [1,2], group_leader()})",
                "begin {rex, N} ! {self(), {call, useless, myfunction, [1,2], user}}, receive {rex, R} -> R end end",
            })
    void everyKindOfCallIsAnswered(String call) {
        assertThat(eval(call)).isEqualTo("{hello,[1,2]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rpc:cast(N, java, tells, [<<\"TEXT\">>])",
                "erpc:cast(N, java, tells, [<<\"TEXT\">>])",
                "erpc:multicast([N], java, tells, [<<\"TEXT\">>])",
                "rpc:eval_everywhere([N], java, tells, [<<\"TEXT\">>])",
                "gen_server:cast({rex, N}, {cast, java, tells, [<<\"TEXT\">>], user})",
                "spawn(N, java, tells, [<<\"TEXT\">>])",
                // The process is linked to its caller, which ends with the answer: that must follow the end of the
                // process.
                "(fun(P) -> R = monitor(process, P), receive {'DOWN', R, _, _, _} -> ok end end)"
                        + "(spawn_link(N, java, tells, [<<\"TEXT\">>]))",
                "spawn_opt(N, java, tells, [<<\"TEXT\">>], [{priority, high}, {fullsweep_after, 10}])",
            })
    void castsRun(String cast) {
        String name = cast.replaceFirst(".*?((\\w+:)?\\w+)\\(\\[?\\{?(rex, )?N.*", "$1");
        eval(cast.replace("TEXT", name));
        awaitEvent(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[1,2,3]", "\"text\"", "[a|b]", "#{k => [<<1:3>>]}", "1.5", "[[],[300]]"})
    void argumentsAndResultsAreAnyTerms(String term) {
        assertThat(eval("T = " + term + ", T =:= erpc:call(N, java, echo, [T])"))
                .isEqualTo("true");
        assertThat(eval("T = " + term + ", T =:= rpc:block_call(N, java, echo, [T])"))
                .isEqualTo("true");
    }

    @Test
    void pidsAndReferencesReturnUnchanged() {
        assertThat(eval("T = {self(), make_ref(), hd(erlang:ports()), fun lists:map/2, fun(X) -> X end},"
                        + " T =:= erpc:call(N, java, echo, [T])"))
                .isEqualTo("true");
    }

    @Test
    void aFunctionKnowsItsCaller() {
        assertThat(eval("erpc:call(N, java, who, [])")).isEqualTo("<<\"" + erlang.nodeName() + "\">>");
    }

    @Test
    void annotatedMethodsAreFunctions() {
        assertThat(eval("[erpc:call(N, accounts, deposit, [<<\"a\">>, 3]), rpc:call(N, accounts, deposit, [\"a\", 4]),"
                        + " rpc:call(N, accounts, balances, [[a]])]"))
                .isEqualTo("[3,7,#{<<\"a\">> => 7}]");
    }

    /// As with `throw(x)`, `exit(x)` and `error(x)` of an Erlang function.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "throws | throw     | {x,1}",
                "exits  | exit      | {exception,{x,1}}",
                "fails  | error     | {exception,{x,1},[{java,fails,1,[{file,\"CalledFromErlangIT.java\"},{line,L}]}]}"
            })
    void raisedExceptionsKeepTheirClassAndReason(String function, String kind, String reason) {
        String seen = eval("try erpc:call(N, java, " + function + ", [{x,1}]) catch C:R -> {C,R} end");
        assertThat(seen.replaceAll("\\{line,\\d+}", "{line,L}")).isEqualTo("{" + kind + "," + reason + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"throws | {x,1}", "exits | {badrpc,{'EXIT',{x,1}}}", "fails | {badrpc,{'EXIT',{{x,1},[F]}}}"})
    void rpcGivesBadrpc(String function, String answer) {
        for (String call : List.of("call", "block_call")) {
            String seen = eval("rpc:" + call + "(N, java, " + function + ", [{x,1}])");
            assertThat(seen.replaceAll("\\[\\{java,fails.*?}]}]", "[F]"))
                    .as(call)
                    .isEqualTo(answer);
        }
    }

    @Test
    void aJavaExceptionIsAnErrorWithAReadableReason() {
        String seen = eval("try erpc:call(N, java, breaks, []) catch error:{exception, R, S} -> {R, S} end");
        assertThat(seen)
                .startsWith("{{java_exception,<<\"java.lang.IllegalStateException\">>,<<\"out of paper\">>},"
                        + "[{java,breaks,0,[{file,\"CalledFromErlangIT.java\"},{line,");
        assertThat(eval("{badrpc, {'EXIT', {R, _}}} = rpc:call(N, accounts, deposit, [a, -1]), R"))
                .isEqualTo("{java_exception,<<\"java.lang.IllegalArgumentException\">>,<<\"negative: -1\">>}");
    }

    @Test
    void anArgumentOfAnotherTypeIsBadarg() {
        String expected = "{badarg,<<\"argument 1: expected integer, got atom x\">>}";
        assertThat(eval("try erpc:call(N, java, number, [x]) catch error:{exception, R, _} -> R end"))
                .isEqualTo(expected);
        assertThat(eval("try erpc:call(N, accounts, deposit, [<<\"a\">>, x]) catch error:{exception, R, _} -> R end"))
                .startsWith("{badarg,<<\"argument 2: ");
    }

    @Test
    void aResultWithoutErlangFormFailsOnlyItsCall() {
        assertThat(eval("try erpc:call(N, java, nan, []) catch error:{exception, R, _} -> element(2, R) end"))
                .isEqualTo("<<\"dev.pier.erlang.BadArgument\">>");
        assertThat(eval("lists:member(N, nodes(connected))")).isEqualTo("true");
    }

    /// As on a real node: `undef`, with the arguments in the stack frame.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nosuch, function, [1,a]",
                "java, echo, [1,2]",
                "java, echo, []",
                "os, cmd, [\"true\"]",
                "erlang, apply, [fun() -> 1 end,[]]"
            })
    void aFunctionThatIsNotExposedIsUndef(String mfa) {
        assertThat(eval("{M,F,A} = {" + mfa + "}, X = {undef,[{M,F,A,[]}]},"
                        + " [try erpc:call(N, M, F, A) catch error:{exception, R, S} -> {R,S} =:= X end,"
                        + "  rpc:call(N, M, F, A) =:= {badrpc,{'EXIT',X}},"
                        + "  rpc:block_call(N, M, F, A) =:= {badrpc,{'EXIT',X}},"
                        + "  erpc:multicall([N], M, F, A) =:= [{error,{exception,undef,element(2,X)}}]]"))
                .isEqualTo("[true,true,true,true]");
    }

    @Test
    void aSpawnOfAFunctionThatIsNotExposedFails() {
        assertThat(eval("try spawn(N, nosuch, f, [1]) catch C:R -> {C,R} end")).isEqualTo("{error,undef}");
        assertThat(eval("{P,M} = spawn_monitor(N, nosuch, f, [1]), receive {'DOWN',M,process,P,R} -> R end"))
                .isEqualTo("{undef,[{nosuch,f,[1],[]}]}");
        assertThat(eval("process_flag(trap_exit, true), P = spawn_link(N, nosuch, f, [1]),"
                        + " receive {'EXIT',P,R} -> R end"))
                .isEqualTo("{undef,[{nosuch,f,[1],[]}]}");
    }

    @Test
    void aSpawnedFunctionEndsAsAProcessDoes() {
        assertThat(eval("[begin {P,M} = spawn_monitor(N, java, F, [x]), receive {'DOWN',M,process,P,R} -> R end end"
                        + " || F <- [echo, exits]]"))
                .isEqualTo("[normal,x]");
        assertThat(eval("{P,M} = spawn_monitor(N, java, throws, [x]), receive {'DOWN',M,process,P,R} -> R end"))
                .isEqualTo("{{nocatch,x},[]}");
        assertThat(eval("process_flag(trap_exit, true), {P,M} = spawn_opt(N, java, fails, [x], [link, monitor]),"
                        + " receive {'DOWN',M,process,P,{R,_}} -> R end"))
                .isEqualTo("x");
    }

    @Test
    void aTimeoutOfTheCallerInterruptsTheFunction() {
        // A second for the answer to the spawn request: on a busy machine, a node whose caller gave up as it arrived
        // did
        // not end the monitor.
        assertThat(eval("try erpc:call(N, java, sleeps, [<<\"erpc\">>], 1000) catch C:R -> {C,R} end"))
                .isEqualTo("{error,{erpc,timeout}}");
        awaitEvent("erpc sleeps");
        awaitEvent("erpc interrupted");
        assertThat(eval("rpc:call(N, java, sleeps, [<<\"rpc\">>], 1000)")).isEqualTo("{badrpc,timeout}");
        awaitEvent("rpc interrupted");
        assertThat(eval("rpc:block_call(N, java, sleeps, [<<\"block\">>], 200)"))
                .isEqualTo("{badrpc,timeout}");
        awaitEvent("block interrupted");
    }

    @Test
    void aCallerThatGivesUpBeforeTheSpawnReplyInterruptsTheFunction() {
        for (int i = 0; i < 20; i++) {
            assertThat(eval("try erpc:call(N, java, sleeps, [<<\"early" + i + "\">>], 0) catch C:R -> {C,R} end"))
                    .isEqualTo("{error,{erpc,timeout}}");
        }
        // Those that had begun are interrupted, the others do not begin.
        Await.until("no call to run", () -> node.runtime().callLimiter().running() == 0);
        EVENTS.clear();
    }

    @Test
    void theEndOfTheCallerInterruptsTheFunction() {
        eval("P = spawn(fun() -> erpc:call(N, java, sleeps, [<<\"killed\">>]) end), register(killed_caller, P)");
        awaitEvent("killed sleeps");
        eval("exit(whereis(killed_caller), kill)");
        awaitEvent("killed interrupted");

        eval("P = spawn(fun() -> spawn_link(N, java, sleeps, [<<\"linked\">>]), receive stop -> exit(bye) end end),"
                + " register(linked_parent, P)");
        awaitEvent("linked sleeps");
        eval("linked_parent ! stop");
        awaitEvent("linked interrupted");
    }

    @Test
    void anExitSignalEndsTheFunctionWithItsReason() {
        eval("spawn(fun() -> register(signalled, self()), {Q,M} = spawn_monitor(N, java, sleeps, [<<\"signal\">>]),"
                + " receive go -> exit(Q, enough) end,"
                + " receive {'DOWN',M,_,_,R} -> persistent_term:put(signalled, R) end end)");
        awaitEvent("signal sleeps");
        eval("signalled ! go");
        awaitEvent("signal interrupted");
        Await.until(
                "the reason", () -> eval("persistent_term:get(signalled, none)").equals("enough"));
    }

    @Test
    void aLostConnectionInterruptsTheFunction() {
        try (ErlangPeer other = ErlangPeer.with().cookie(erlang.cookie()).start()) {
            other.eval("spawn(fun() -> erpc:call('" + node.name() + "', java, sleeps, [<<\"lost\">>]) end), ok");
            awaitEvent("lost sleeps");
            other.kill();
            awaitEvent("lost interrupted");
        }
    }

    @Test
    void aCallBeyondTheLimitFailsAtOnce() {
        Await.until("no call to run", () -> node.runtime().callLimiter().running() == 0);
        eval("register(crowd, spawn(fun() ->"
                + " [spawn_link(N, java, sleeps, [<<\"crowd\">>]) || _ <- lists:seq(1, " + MAX_CALLS + ")],"
                + " receive stop -> exit(done) end end))");
        Await.until(
                "as many calls as may run", () -> node.runtime().callLimiter().running() == MAX_CALLS);
        assertThat(eval("try erpc:call(N, java, echo, [1]) catch C:R -> {C,R} end"))
                .isEqualTo("{error,{erpc,system_limit}}");
        assertThat(eval("rpc:call(N, java, echo, [1])")).isEqualTo("{badrpc,{'EXIT',system_limit}}");
        assertThat(eval("rpc:block_call(N, java, echo, [1])")).isEqualTo("{badrpc,{'EXIT',{system_limit,[]}}}");
        eval("crowd ! stop");
        Await.until("room again", () -> node.runtime().callLimiter().running() == 0);
        assertThat(eval("erpc:call(N, java, echo, [1])")).isEqualTo("1");
        EVENTS.clear();
    }

    @Test
    @Says(in = Section.SILENT, value = "SPAWN_REPLY precedes every other signal with the request's id.")
    void concurrentCallsKeepTheOrderOfTheirSignals() {
        assertThat(eval("Rs = [{I, erpc:send_request(N, java, echo, [I])} || I <- lists:seq(1, 40)],"
                        + " lists:all(fun({I, R}) -> erpc:receive_response(R, 20000) =:= I end, Rs)"))
                .isEqualTo("true");
        assertThat(erlang.log()).doesNotContain("spawn_reply");
    }

    @Test
    void aSpawnIsAnsweredWhileTheFunctionRuns() {
        assertThat(eval("R = spawn_request(N, java, sleeps, [<<\"spawned\">>], [monitor]),"
                        + " receive {spawn_reply, R, ok, P} -> persistent_term:put(spawned, P) end"))
                .isEqualTo("ok");
        awaitEvent("spawned sleeps");
        eval("exit(persistent_term:get(spawned), kill)");
        awaitEvent("spawned interrupted");
    }

    @Test
    void largeArgumentsAndResultsComeInFragments() {
        assertThat(eval("byte_size(erpc:call(N, java, bytes, [3000000]))")).isEqualTo("3000000");
        assertThat(eval("B = binary:copy(<<\"abc\">>, 500000), B =:= erpc:call(N, java, echo, [B])"))
                .isEqualTo("true");
        assertThat(eval("B = binary:copy(<<\"abc\">>, 500000), B =:= rpc:block_call(N, java, echo, [B])"))
                .isEqualTo("true");
    }

    @Test
    void anUnknownSpawnOptionIsBadopt() {
        assertThat(eval("R = spawn_request(N, java, echo, [1], [monitor, {no_such_option, 1}]),"
                        + " receive {spawn_reply, R, error, E} -> E end"))
                .isEqualTo("badopt");
        assertThat(eval("R = spawn_request(N, java, echo, [1], [monitor, {max_heap_size, 233}]),"
                        + " receive {spawn_reply, R, Done, _} -> Done end"))
                .as("one that is of no use here")
                .isEqualTo("ok");
    }

    @Test
    void callsAreCountedByFunction() {
        Exposure exposure = node.runtime().expose("counted", "half", 1, arguments -> {
            if (arguments.term(0) instanceof Atom) {
                throw Raised.error(Atom.of("odd"));
            }
            return 2;
        });
        eval("[catch erpc:call(N, counted, half, [Half]) || Half <- [4, odd, 4]]");

        assertThat(node.runtime().servedFunctions()).contains(new ServedStatus("counted:half/1", 3, 1));
        exposure.close();
        assertThat(node.runtime().servedFunctions())
                .extracting(ServedStatus::function)
                .contains("java:echo/1")
                .doesNotContain("counted:half/1");
    }

    @Test
    void aWithdrawnFunctionIsUndef() {
        Exposure older = node.runtime().expose("java", "version", 0, _ -> 1);
        Exposure newer = node.runtime().expose("java", "version", 0, _ -> 2);
        assertThat(eval("erpc:call(N, java, version, [])")).isEqualTo("2");
        newer.close();
        newer.close();
        assertThat(eval("erpc:call(N, java, version, [])")).isEqualTo("1");
        older.close();
        assertThat(eval("element(1, element(2, element(2, rpc:call(N, java, version, []))))"))
                .isEqualTo("undef");
    }

    @Test
    void rexAnswersFeatures() {
        assertThat(eval("{rex, N} ! {self(), features_request}, receive {features_reply, N, Fs} -> Fs end"))
                .isEqualTo("[erpc]");
        assertThat(eval("element(3, gen_server:call({rex, N}, features_request))"))
                .isEqualTo("[erpc]");
    }

    @Test
    void aKilledRexIsRestarted() {
        ProcessTable processes = node.node().processes();
        LocalProcess rex = processes.whereis(Atom.of("rex")).orElseThrow();
        node.runtime().expose("java", "pid_of_rex", 0, _ -> rex.pid());
        eval("exit(erpc:call(N, java, pid_of_rex, []), kill)");
        Await.until("its end", () -> !rex.isAlive());
        assertThat(Await.value("an answer", () -> eval("rpc:block_call(N, java, echo, [again])"), "again"::equals))
                .isEqualTo("again");
    }

    @Test
    void rexDiscardsMalformedMessages() {
        eval("[{rex, N} ! T || T <- [x, {}, {a,b}, {self(), x}, {'$gen_call', x, y}, {'$gen_cast', {cast,1,2,3,4}},"
                + " {'$gen_call', {self(), make_ref()}, {call, 1, f, [], user}}, \"text\", {self(), {call, m}}]]");
        assertThat(eval("rpc:block_call(N, java, echo, [1])")).isEqualTo("1");
        assertThat(eval("gen_server:call({rex, N}, {call, java, echo, not_a_list, user})"))
                .isEqualTo("{badrpc,{'EXIT',{badarg,[]}}}");
    }
}
