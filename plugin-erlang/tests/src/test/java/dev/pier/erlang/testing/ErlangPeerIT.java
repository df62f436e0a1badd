package dev.pier.erlang.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The Erlang node of the tests does what the tests rely on.
class ErlangPeerIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.with().prefix("fixture").start();

    @BeforeAll
    static void logBeforeAnyTest() {
        erlang.eval("logger:error(\"logged before any test\")");
        erlang.awaitLog("logged before any test");
    }

    @Test
    void isANodeOfItsOwnAtTheTestsOwnEpmd() {
        assertThat(erlang.eval("node()")).isEqualTo(erlang.nodeName());
        assertThat(erlang.eval("erlang:get_cookie()")).contains(erlang.cookie());
        assertThat(erlang.eval("erlang:system_info(otp_release)")).isEqualTo("\"" + erlang.otpRelease() + "\"");
        assertThat(TestEpmd.names()).contains(erlang.nodeName().replaceFirst("@.*", ""));
    }

    @Test
    void showsItsCookieInNoCommandLine() throws Exception {
        String commandLine = Files.readString(Path.of("/proc", Long.toString(erlang.pid()), "cmdline"));

        assertThat(commandLine).contains(erlang.nodeName()).doesNotContain(erlang.cookie());
    }

    @Test
    void evaluatesExpressionsOfManyLines() {
        assertThat(erlang.eval("""
                A = lists:seq(1, 3),
                F = fun(X) -> X * 2 end,
                {ok, lists:map(F, A), <<"é"/utf8>>, #{a => 'B c'}}
                """)).isEqualTo("{ok,[2,4,6],<<\"é\"/utf8>>,#{a => 'B c'}}");
    }

    @Test
    void givesLongResultsWhole() {
        String result = erlang.eval("lists:duplicate(200000, some_atom)");

        assertThat(result).doesNotContain("\n").hasSize(200_000 * "some_atom,".length() + 1);
    }

    @Test
    void passesBytesBothWays() {
        byte[] input = new byte[1_000_000];
        input[999_999] = 7;

        assertThat(erlang.evalBytes("<<Input/binary, 1>>", input))
                .hasSize(1_000_001)
                .endsWith(7, 1);
    }

    @Test
    void tellsClassReasonAndStackOfAnError() {
        assertThatThrownBy(() -> erlang.eval("lists:nth(0, [a])"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(erlang.nodeName(), "error: function_clause", "lists,nth", "lists:nth(0, [a])");
        assertThatThrownBy(() -> erlang.eval("throw({no, 1})")).hasMessageContaining("throw: {no,1}");
        assertThatThrownBy(() -> erlang.eval("exit(enough)")).hasMessageContaining("exit: enough");
        assertThatThrownBy(() -> erlang.eval("exit(self(), kill), receive x -> x end"))
                .hasMessageContaining("ended from outside: killed");
        assertThatThrownBy(() -> erlang.eval("foo(")).hasMessageContaining("syntax error before");
    }

    @Test
    void answersOthersWhileOneWaits() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<String> waiting = CompletableFuture.supplyAsync(
                    () -> erlang.eval("register(waiter, self()), receive Message -> Message end"), threads);
            Await.until("the waiter", () -> !erlang.eval("whereis(waiter)").equals("undefined"));

            assertThat(waiting).isNotDone();
            erlang.eval("waiter ! done");
            assertThat(Await.result("the waiter's message", waiting)).isEqualTo("done");
        }
    }

    @Test
    void failsAfterItsDeadline() {
        assertThatThrownBy(() -> erlang.eval("receive never -> ok end", Duration.ofMillis(50)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("did not answer within 50 ms", "receive never");
    }

    @Test
    void compilesAndLoadsModules() {
        String module = erlang.compile("""
                -module(fixture_code).
                -export([twice/1]).
                twice(X) -> {X, X}.
                """);

        assertThat(module).isEqualTo("fixture_code");
        assertThat(erlang.eval("fixture_code:twice(a)")).isEqualTo("{a,a}");
        assertThatThrownBy(() -> erlang.compile("-module(broken).\nf() -> X.\n"))
                .hasMessageContainingAll("does_not_compile", "variable 'X' is unbound");
    }

    @Test
    void keepsWhatItLogsAndPrints() {
        erlang.eval("logger:error(\"disk ~p is full\", [7]), io:format(\"printed ~ts~n\", [[233]])");

        assertThat(erlang.awaitLog("disk 7 is full")).contains("error");
        erlang.awaitLog("printed é");
    }

    @Test
    void startsTheLogOfEachTestAnew() {
        assertThat(erlang.log()).doesNotContain("logged before any test");
    }

    @Test
    void comesBackAfterAKillWithNameCookieAndModules() {
        try (ErlangPeer peer = ErlangPeer.start()) {
            peer.compile("-module(kept).\n-export([f/0]).\nf() -> here.\n");
            String name = peer.eval("node()");
            long firstPid = peer.pid();

            peer.kill();
            assertThat(peer.isRunning()).isFalse();
            assertThat(ProcessHandle.of(firstPid)).isEmpty();
            assertThatThrownBy(() -> peer.eval("ok")).hasMessageContaining("does not run");

            peer.restart();
            assertThat(peer.pid()).isNotEqualTo(firstPid);
            assertThat(peer.eval("{node(), kept:f()}")).isEqualTo("{" + name + ",here}");
        }
    }

    @Test
    void stopsInAnOrderlyWay() {
        try (ErlangPeer peer = ErlangPeer.start()) {
            peer.stop();

            assertThat(peer.isRunning()).isFalse();
            Await.until("the name to be free", () -> !TestEpmd.names().contains(peer.nodeName()));
        }
    }

    @Test
    void standsStillWhileItIsSuspended() {
        try (ErlangPeer peer = ErlangPeer.start()) {
            peer.suspend();
            assertThatThrownBy(() -> peer.eval("ok", Duration.ofMillis(200))).hasMessageContaining("did not answer");

            peer.resume();
            assertThat(peer.eval("1 + 1")).isEqualTo("2");
        }
    }

    @Test
    void canBeKilledWhileItIsSuspended() {
        try (ErlangPeer peer = ErlangPeer.start()) {
            peer.suspend();
            peer.kill();

            assertThat(peer.isRunning()).isFalse();
        }
    }

    @Test
    void twoOfOneCookieSeeEachOther() {
        try (ErlangPeer other = ErlangPeer.with().cookie(erlang.cookie()).start()) {
            assertThat(erlang.eval("net_adm:ping('" + other.nodeName() + "')")).isEqualTo("pong");
            assertThat(other.eval("nodes()")).contains(erlang.nodeName());
        }
    }

    @Test
    void twoOfDifferentCookiesDoNot() {
        try (ErlangPeer other = ErlangPeer.start()) {
            assertThat(erlang.eval("net_adm:ping('" + other.nodeName() + "')")).isEqualTo("pang");
            other.awaitLog("rejected");
        }
    }

    @Test
    void takesOptions() {
        try (ErlangPeer peer = ErlangPeer.with()
                .hidden()
                .tickSeconds(4)
                .environment("FIXTURE", "set")
                .start()) {
            assertThat(peer.eval("{net_kernel:get_net_ticktime(), os:getenv(\"FIXTURE\"), init:get_argument(hidden)}"))
                    .isEqualTo("{4,\"set\",{ok,[[]]}}");
        }
    }

    @Test
    void saysWhyItDoesNotStart() {
        assertThatThrownBy(() -> ErlangPeer.with().flags("-s", "no_such_module").start())
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("does not start", "no_such_module");
    }

    @Nested
    class AsAnInstanceExtension {
        private static final Queue<ErlangPeer> EARLIER = new ConcurrentLinkedQueue<>();

        @RegisterExtension
        final ErlangPeer ofOneTest = ErlangPeer.start();

        @RepeatedTest(2)
        void livesForOneTest() {
            assertThat(EARLIER).noneMatch(ErlangPeer::isRunning);
            assertThat(ofOneTest.isRunning()).isTrue();
            EARLIER.add(ofOneTest);
        }
    }

    @Nested
    class InANestedClass {
        @Test
        void isTheSameNode() {
            assertThat(erlang.isRunning()).isTrue();
        }
    }
}
