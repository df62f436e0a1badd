package dev.pier.erlang.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.net.Socket;

/// A process of a suite that sends without end, and counts its blocks in its dictionary.
///
/// @param name under which it is registered
record Producer(ErlangPeer erlang, String name) {
    /// Whether it has sent something, and waits for credit.
    boolean isWaiting() {
        long before = blocks();
        return before > 0
                && erlang.eval("process_info(whereis(" + name + "), status)").equals("{status,waiting}")
                && before == blocks();
    }

    /// How many blocks it has made; 0 before it is registered.
    long blocks() {
        return Long.parseLong(erlang.eval("case whereis(" + name + ") of undefined -> 0; Pid -> "
                + "proplists:get_value(blocks, element(2, process_info(Pid, dictionary)), 0) end"));
    }

    boolean hasEnded() {
        return erlang.eval("whereis(" + name + ")").equals("undefined");
    }

    /// The bytes that the node uses after a garbage collection of all its processes.
    static long memory(ErlangPeer erlang) {
        return Long.parseLong(erlang.eval("[erlang:garbage_collect(P) || P <- processes()], erlang:memory(total)"));
    }

    /// Reads a little of an endless response that the producer sends. Meanwhile it waits, and the memory of the node
    /// stays flat; it ends with the connection.
    void assertStopsForASlowReader(int port, String path) throws IOException {
        long before = memory(erlang);
        try (Socket socket = new Socket("localhost", port)) {
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
            Await.until("the wait of the producer", this::isWaiting);
            assertThat(socket.getInputStream().readNBytes(1_000_000)).hasSize(1_000_000);
            Await.until("the wait of the producer", this::isWaiting);
            // The windows, and the buffers of the sockets.
            assertThat(blocks() * TransferBodies.BLOCK).isLessThan(60_000_000);
            assertThat(memory(erlang) - before).isLessThan(30_000_000);
        }
        Await.until("the end of the producer", this::hasEnded);
    }
}
