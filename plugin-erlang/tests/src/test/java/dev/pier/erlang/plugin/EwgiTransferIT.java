package dev.pier.erlang.plugin;

import static dev.pier.erlang.plugin.TransferBodies.BLOCK;
import static dev.pier.erlang.plugin.TransferBodies.DOWNLOAD;
import static dev.pier.erlang.plugin.TransferBodies.UPLOAD;
import static dev.pier.erlang.plugin.TransferBodies.sha;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.plugin.TransferBodies.Pattern;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Large bodies of an EWGI application in both directions, and slow clients.
class EwgiTransferIT {
    /// More than all buffers between a producer and a client that does not read.
    private static final int ENDLESS = 1_000_000;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @RegisterExtension
    static final MountedPier pier = MountedPier.ofEwgiSuite(erlang, """
                erlang.calls.helper = never
                erlang.mounts."/old" { peer = backend, ewgi = "ewgi_suite:handle", max-request-body = 1 GiB }
                """);

    @Test
    void aLargeUploadIsReadInParts() throws Exception {
        for (String chunk : new String[] {"", "?100000"}) {
            Pattern body = new Pattern(UPLOAD);
            HttpResponse<String> answer =
                    pier.send(pier.to("/old/sha" + chunk).POST(BodyPublishers.ofInputStream(() -> body)));
            assertThat(answer.body()).isEqualTo(UPLOAD + " " + body.sha());
        }
    }

    @Test
    void aLargeDownloadArrivesWhole() throws Exception {
        pier.assertDownloads("/old/download?large," + DOWNLOAD, "/old/whole?160");
    }

    /// A client that does not read, once its producer waits for credit.
    private static Socket slow(String name) throws IOException {
        Socket socket = new Socket("localhost", pier.port());
        socket.getOutputStream()
                .write(("GET /old/download?" + name + "," + ENDLESS + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
        Await.until("the wait of " + name, new Producer(erlang, name)::isWaiting);
        return socket;
    }

    @Test
    void aSlowReaderKeepsTheMemoryOfErlangFlat() throws Exception {
        Producer producer = new Producer(erlang, "slow");
        long before = Producer.memory(erlang);
        try (Socket socket = slow("slow")) {
            byte[] part = socket.getInputStream().readNBytes(1_000_000);
            assertThat(part).hasSize(1_000_000);
            Await.until("the wait of the producer", producer::isWaiting);
            // The windows, and the buffers of the sockets.
            assertThat(producer.blocks() * BLOCK).isLessThan(60_000_000);
            assertThat(Producer.memory(erlang) - before).isLessThan(30_000_000);
        }
        Await.until("the end of the producer", producer::hasEnded);
    }

    @Test
    void eightSlowReadersDelayNoOther() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                slow.add(slow("slow" + i));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(pier.get("/old/ignore").body()).isEqualTo("not read");
            }
            HttpResponse<InputStream> ninth =
                    pier.client().send(pier.to("/old/download?ninth,64").build(), BodyHandlers.ofInputStream());
            assertThat(sha(ninth.body())).isEqualTo(sha(64));
            for (int i = 0; i < 8; i++) {
                assertThat(erlang.eval("is_pid(whereis(slow" + i + "))")).isEqualTo("true");
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        for (int i = 0; i < 8; i++) {
            Await.until("the end of slow" + i, new Producer(erlang, "slow" + i)::hasEnded);
        }
    }
}
