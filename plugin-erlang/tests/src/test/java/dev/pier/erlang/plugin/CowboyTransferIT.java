package dev.pier.erlang.plugin;

import static dev.pier.erlang.plugin.TransferBodies.DOWNLOAD;
import static dev.pier.erlang.plugin.TransferBodies.UPLOAD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.plugin.TransferBodies.Pattern;
import dev.pier.erlang.testing.ErlangPeer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Large bodies of an application of Cowboy in both directions, and a slow client. Cowboy is a stand-in, as in
/// [CowboyMountIT].
class CowboyTransferIT {
    /// More than all buffers between a producer and a client that does not read.
    private static final int ENDLESS = 1_000_000;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @RegisterExtension
    static final MountedPier pier = MountedPier.ofCowboySuite(erlang, """
                erlang.mounts."/c" { peer = backend, cowboy = suite, max-request-body = 1 GiB }
                """);

    @Test
    void aLargeUploadIsReadInParts() throws Exception {
        Pattern body = new Pattern(UPLOAD);
        HttpResponse<String> answer = pier.send(pier.to("/c/sha").POST(BodyPublishers.ofInputStream(() -> body)));
        assertThat(answer.body()).isEqualTo(UPLOAD + " " + body.sha());
    }

    @Test
    void aLargeDownloadArrivesWhole() throws Exception {
        pier.assertDownloads("/c/download/large/" + DOWNLOAD, "/c/whole/160");
    }

    @Test
    void aSlowReaderKeepsTheMemoryOfErlangFlat() throws Exception {
        new Producer(erlang, "slow").assertStopsForASlowReader(pier.port(), "/c/download/slow/" + ENDLESS);
    }
}
