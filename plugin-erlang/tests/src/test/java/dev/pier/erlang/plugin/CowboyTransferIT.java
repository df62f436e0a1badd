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
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Large bodies of an application of Cowboy in both directions, and a slow client. Cowboy is a stand-in, as in
/// [CowboyMountIT].
class CowboyTransferIT {
    /// More than all buffers between a producer and a client that does not read.
    private static final int ENDLESS = 1_000_000;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path folder;

    private static MountedPier pier;

    @BeforeAll
    static void start() throws Exception {
        pier = MountedPier.startCowboySuite(folder, erlang, """
                erlang.mounts."/c" { peer = backend, cowboy = suite, max-request-body = 1 GiB }
                """);
    }

    @AfterAll
    static void stop() {
        pier.close();
    }

    @Test
    void aLargeUploadIsReadInParts() throws Exception {
        Pattern body = new Pattern(UPLOAD);
        HttpResponse<String> answer = pier.send(pier.to("/c/sha").POST(BodyPublishers.ofInputStream(() -> body)));
        assertThat(answer.body()).isEqualTo(UPLOAD + " " + body.sha());
    }

    @Test
    void aLargeDownloadArrivesWhole() throws Exception {
        HttpResponse<InputStream> chunked =
                pier.client().send(pier.to("/c/download/large/" + DOWNLOAD).build(), BodyHandlers.ofInputStream());
        assertThat(sha(chunked.body())).isEqualTo(sha(DOWNLOAD));
        HttpResponse<InputStream> whole =
                pier.client().send(pier.to("/c/whole/160").build(), BodyHandlers.ofInputStream());
        assertThat(whole.headers().firstValue("Content-Length")).contains(Integer.toString(160 * BLOCK));
        assertThat(sha(whole.body())).isEqualTo(sha(160));
    }

    @Test
    void aSlowReaderKeepsTheMemoryOfErlangFlat() throws Exception {
        Producer producer = new Producer(erlang, "slow");
        long before = Producer.memory(erlang);
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream()
                    .write(("GET /c/download/slow/" + ENDLESS + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
            Await.until("the wait of the handler", producer::isWaiting);
            assertThat(socket.getInputStream().readNBytes(1_000_000)).hasSize(1_000_000);
            Await.until("the wait of the handler", producer::isWaiting);
            // The windows, and the buffers of the sockets.
            assertThat(producer.blocks() * BLOCK).isLessThan(60_000_000);
            assertThat(Producer.memory(erlang) - before).isLessThan(30_000_000);
        }
        Await.until("the end of the handler", producer::hasEnded);
    }
}
