package dev.pier.erlang.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A real node looks at a node of Pier, as operators and tools do.
class IntrospectionIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;
    private static TestNode closed;
    private static Mailbox mailbox;
    private static ErlangProcess server;

    private static final class Counter implements GenServer {
        @Override
        public void handleCall(Message request, From from) {
            from.reply(request.term());
        }

        @Override
        public void handleCast(Message request) {}

        @Override
        public Object debugState() {
            return Map.of("count", 7);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(TestNode.builder(erlang.cookie()));
        mailbox = node.processes().mailbox("inbox");
        server = node.processes().register("counter", new Counter());
        closed = TestNode.start(TestNode.builder(erlang.cookie()).introspection(false));
        closed.processes().register("counter", new Counter());
    }

    @AfterAll
    static void stop() {
        node.close();
        closed.close();
    }

    private static String eval(String expressions) {
        return erlang.eval(expressions
                .replaceAll("\\bN\\b", "'" + node.name() + "'")
                .replaceAll("\\bCLOSED\\b", "'" + closed.name() + "'"));
    }

    /// By each way of calling: a spawn request, and the legacy `rex` protocol.
    private static String call(String function, String arguments) {
        String erpc = eval("erpc:call(N, erlang, " + function + ", [" + arguments + "])");
        assertThat(eval("rpc:call(N, erlang, " + function + ", [" + arguments + "])"))
                .isEqualTo(erpc);
        return erpc;
    }

    @Test
    void theNodeAndItsConnections() {
        assertThat(call("node", "")).isEqualTo(node.name());
        assertThat(call("nodes", "")).isEqualTo("[]");
        assertThat(call("nodes", "hidden")).isEqualTo("[" + erlang.nodeName() + "]");
        assertThat(call("nodes", "[this,connected]")).contains(node.name(), erlang.nodeName());
        assertThat(eval("net_kernel:get_net_ticktime() =:= erpc:call(N, net_kernel, get_net_ticktime, [])"))
                .isEqualTo("true");
    }

    @Test
    void namesAndProcesses() {
        assertThat(eval("lists:sort(erpc:call(N, erlang, registered, [])) -- [rex]"))
                .isEqualTo("[counter,inbox,pier_drain]");
        assertThat(eval("P = erpc:call(N, erlang, whereis, [inbox]),"
                        + " {node(P) =:= N, erpc:call(N, erlang, is_process_alive, [P]),"
                        + " lists:member(P, erpc:call(N, erlang, processes, []))}"))
                .isEqualTo("{true,true,true}");
        assertThat(call("whereis", "nobody")).isEqualTo("undefined");
        Mailbox ended = node.processes().mailbox();
        node.processes().send("inbox", Atom.OK);
        String pid = "binary_to_term(<<" + erlangBytes(ended.self().encode()) + ">>)";
        assertThat(call("is_process_alive", pid)).isEqualTo("true");
        ended.close();
        assertThat(call("is_process_alive", pid)).isEqualTo("false");
        assertThat(call("process_info", pid)).isEqualTo("undefined");
        assertThat(mailbox.receive(Await.PATIENCE)).isPresent();
    }

    private static String erlangBytes(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(text.isEmpty() ? "" : ",").append(b & 0xff);
        }
        return text.toString();
    }

    @Test
    void itemsAreAnsweredInTheShapesOfErlang() {
        String info = "Info = fun(Item) -> erpc:call(N, erlang, process_info,"
                + " [erpc:call(N, erlang, whereis, [counter]), Item]) end, ";
        assertThat(eval(info + "Info([registered_name, message_queue_len, links, trap_exit, current_function])"))
                .isEqualTo("[{registered_name,counter},{message_queue_len,0},{links,[]},{trap_exit,false},"
                        + "{current_function,{gen_server,loop,7}}]");
        assertThat(eval(info + "Info(registered_name)")).isEqualTo("{registered_name,counter}");
        assertThat(eval(info + "try Info(nothing_of_that) catch error:{exception, R, _} -> R end"))
                .isEqualTo("badarg");
        assertThat(eval("P = erpc:call(N, erlang, whereis, [counter]), R = monitor(process, P),"
                        + " {monitored_by, By} = erpc:call(N, erlang, process_info, [P, monitored_by]),"
                        + " demonitor(R), lists:member(self(), By)"))
                .isEqualTo("true");
        assertThat(eval("P = erpc:call(N, erlang, whereis, [counter]),"
                        + " Ours = [K || {K, _} <- process_info(self())],"
                        + " Theirs = [K || {K, _} <- erpc:call(N, erlang, process_info, [P])],"
                        + " Theirs -- [registered_name | Ours]"))
                .isEqualTo("[]");
    }

    @Test
    void waitingMessagesAndLinksAreCounted() {
        Mailbox full = node.processes().mailbox("full");
        full.link(server.self());
        eval("[{full, N} ! hello || _ <- lists:seq(1, 3)]");
        Await.until(
                "three messages",
                () -> eval("erpc:call(N, erlang, process_info, [erpc:call(N, erlang, whereis, [full]),"
                                + " message_queue_len])")
                        .equals("{message_queue_len,3}"));
        assertThat(eval("F = erpc:call(N, erlang, whereis, [full]), S = erpc:call(N, erlang, whereis, [counter]),"
                        + " {erpc:call(N, erlang, process_info, [F, links]) =:= {links, [S]},"
                        + " element(2, erpc:call(N, erlang, process_info, [F, memory])) > 1024}"))
                .isEqualTo("{true,true}");
        full.unlink(server.self());
        full.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        system_info     | process_count     | is_integer(V) andalso V > 2
        system_info     | otp_release       | list_to_integer(V) >= 25
        system_info     | schedulers_online | V > 0
        system_info     | system_version    | string:prefix(V, "Pier") =/= nomatch
        system_info     | {wordsize,external} | V =:= 8
        memory          | total             | V > 1000000
        memory          | [total,ets]       | [{total, T}, {ets, 0}] = V, T > 0
        """)
    void theSystemInNumbers(String function, String item, String check) {
        assertThat(eval("V = erpc:call(N, erlang, " + function + ", [" + item + "]), " + check))
                .isEqualTo("true");
    }

    @Test
    void memoryHasTheKeysOfErlang() {
        assertThat(eval("[K || {K, _} <- erpc:call(N, erlang, memory, [])] =:= [K || {K, _} <- erlang:memory()]"))
                .isEqualTo("true");
        assertThat(eval("try erpc:call(N, erlang, memory, [nothing]) catch error:{exception, R, _} -> R end"))
                .isEqualTo("badarg");
    }

    @Test
    void observerGetsItsOverview() {
        assertThat(
                        eval(
                                "I = rpc:call(N, observer_backend, sys_info, []),"
                                        + " [is_integer(proplists:get_value(K, I)) || K <- [uptime, process_count, total, schedulers]]"))
                .isEqualTo("[true,true,true,true]");
    }

    @Test
    void serversShowTheirState() {
        // OTP 25 takes the whole answer for the state.
        assertThat(eval("sys:get_state({counter, N})"))
                .isEqualTo(erlang.otpRelease() < 26 ? "{ok,#{<<\"count\">> => 7}}" : "#{<<\"count\">> => 7}");
        assertThat(eval("{status, P, {module, gen_server}, [[], running, P, [], Misc]} = sys:get_status({counter, N}),"
                        + " [{\"State\", S}] = proplists:get_value(data, lists:reverse(Misc)),"
                        + " {proplists:get_value(header, Misc), S, gen_server:call(P, still_alive)}"))
                .isEqualTo("{\"Status for generic server counter\",#{<<\"count\">> => 7},still_alive}");
    }

    @Test
    void functionsOfApplicationsHavePrecedence() {
        var exposure = node.runtime().expose("erlang", "nodes", _ -> Atom.of("own"));
        assertThat(call("nodes", "")).isEqualTo("own");
        exposure.close();
        assertThat(call("nodes", "")).isEqualTo("[]");
    }

    @Test
    void otherFunctionsAreNotServed() {
        for (String function : new String[] {"halt", "processes_iterator", "exit", "put_cookie"}) {
            assertThat(eval("try erpc:call(N, erlang, " + function + ", []) catch error:{exception, R, _} -> R end"))
                    .isEqualTo("undef");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"node", "registered", "memory", "processes"})
    void withTheSettingOffNothingIsServed(String function) {
        assertThat(eval("try erpc:call(CLOSED, erlang, " + function + ", []) catch error:{exception, R, _} -> R end"))
                .isEqualTo("undef");
        assertThat(eval("try sys:get_state({counter, CLOSED}) catch error:R -> R end"))
                .isEqualTo("{unknown_system_msg,get_state}");
    }
}
