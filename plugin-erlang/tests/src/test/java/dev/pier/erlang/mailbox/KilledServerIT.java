package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A Java server that is killed while Erlang processes wait for it.
class KilledServerIT {
    private static final int ROUNDS = 25;
    private static final int EACH = 10;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @BeforeAll
    static void compile() {
        erlang.compile("""
                -module(waits).
                -export([start/3, left/1]).
                %% Ways of waiting for a node, each in a process of its own that ends with `noconnection` or does not.
                start(Node, Count, Pings) ->
                    Silent = {silent, Node},
                    Ways = [fun() -> catch gen_server:call(Silent, never, infinity) end,
                            fun() -> M = monitor(process, Silent), receive {'DOWN', M, _, _, R} -> R end end,
                            fun() -> catch erpc:call(Node, java, sleeps, []) end,
                            fun() -> rpc:call(Node, java, sleeps, []) end,
                            fun() -> catch rpc:block_call(Node, java, sleeps, []) end,
                            fun() -> process_flag(trap_exit, true), P = spawn_link(Node, java, sleeps, []),
                                     receive {'EXIT', P, R} -> R end end],
                    Self = self(),
                    All = [spawn_monitor(fun() -> Self ! begun, exit({ended, Way()}) end)
                              || Way <- Ways, _ <- lists:seq(1, Count)],
                    [receive begun -> ok end || _ <- All],
                    [pong = net_adm:ping(Node) || _ <- lists:seq(1, Pings)],
                    All.
                %% How each has ended; waits for all of them.
                left(All) ->
                    lists:usort([receive {'DOWN', M, _, _, {ended, R}} -> reason(R) end || {_, M} <- All]).
                reason({'EXIT', {{nodedown, _}, _}}) -> noconnection;
                reason({'EXIT', {{erpc, noconnection}, _}}) -> noconnection;
                reason({badrpc, nodedown}) -> noconnection;
                reason(R) -> R.
                """);
    }

    private static Process start(String name) throws IOException {
        Process java = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        // The process is killed before it can do more.
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Djava.net.preferIPv4Stack=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MortalServer.class.getName(),
                        name,
                        Integer.toString(TestEpmd.port()),
                        erlang.cookie()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader printed =
                new BufferedReader(new InputStreamReader(java.getInputStream(), StandardCharsets.UTF_8));
        String line = printed.readLine();
        while (line != null && !line.equals("up")) {
            line = printed.readLine();
        }
        assertThat(line).as("the server is up").isNotNull();
        return java;
    }

    @Test
    void leavesNothingWaitingInErlang() throws Exception {
        Random random = new Random(4711);
        for (int round = 0; round < ROUNDS; round++) {
            String name = TestHost.uniqueName("mortal");
            String node = TestHost.nodeName(name);
            Process java = start(name);
            try {
                erlang.eval("Self = self(), spawn(fun() -> All = waits:start('" + node + "', " + EACH + ", "
                        + random.nextInt(5) + "), Self ! started, persistent_term:put(left, waits:left(All)) end),"
                        + " receive started -> ok end");
            } finally {
                // SIGKILL: the process sends nothing at its end.
                java.destroyForcibly().waitFor();
            }
            Await.value(
                    "the end of all that waits",
                    () -> erlang.eval("persistent_term:get(left, waiting)"),
                    "[noconnection]"::equals);
            erlang.eval("persistent_term:erase(left)");
            Await.until("its name to be free", () -> !TestEpmd.names().contains(name));
        }
    }
}
