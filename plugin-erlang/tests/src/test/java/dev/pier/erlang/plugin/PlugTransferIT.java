package dev.pier.erlang.plugin;

import static dev.pier.erlang.plugin.TransferBodies.DOWNLOAD;
import static dev.pier.erlang.plugin.TransferBodies.UPLOAD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.plugin.TransferBodies.Pattern;
import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Large bodies of a plug in both directions, and a slow client.
class PlugTransferIT {
    /// More than all buffers between a producer and a client that does not read.
    private static final int ENDLESS = 1_000_000;
    private static final long MULTIPART = 50L << 20;

    @RegisterExtension
    static final ErlangPeer erlang =
            ErlangPeer.with().codePath(ElixirInstallation.modules()).start();

    @RegisterExtension
    static final MountedPier pier = MountedPier.ofPlugSuite(erlang, """
                erlang.mounts."/shop" { peer = backend, plug = "PlugSuite", max-request-body = 1 GiB }
                """);

    @Test
    void aLargeUploadIsReadInParts() throws Exception {
        for (String length : new String[] {"", "?100000"}) {
            Pattern body = new Pattern(UPLOAD);
            HttpResponse<String> answer =
                    pier.send(pier.to("/shop/sha" + length).POST(BodyPublishers.ofInputStream(() -> body)));
            assertThat(answer.body()).isEqualTo(UPLOAD + " " + body.sha());
        }
    }

    @Test
    void aFileIsUploadedAsMultipart() throws Exception {
        Pattern file = new Pattern(MULTIPART);
        InputStream body = new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream(
                        "--limit\r\nContent-Disposition: form-data; name=f; filename=\"large.bin\"\r\n\r\n"
                                .getBytes(UTF_8)),
                file,
                new ByteArrayInputStream("\r\n--limit--\r\n".getBytes(UTF_8)))));
        HttpResponse<String> answer = pier.send(pier.to("/shop/multipart")
                .header("Content-Type", "multipart/form-data; boundary=limit")
                .POST(BodyPublishers.ofInputStream(() -> body)));
        assertThat(answer.body()).isEqualTo(MULTIPART + " " + file.sha());
    }

    @Test
    void aLargeDownloadArrivesWhole() throws Exception {
        pier.assertDownloads("/shop/download/large/" + DOWNLOAD, "/shop/whole/160");
    }

    @Test
    void aSlowReaderKeepsTheMemoryOfErlangFlat() throws Exception {
        new Producer(erlang, "slow").assertStopsForASlowReader(pier.port(), "/shop/download/slow/" + ENDLESS);
    }
}
