package dev.pier.erlang.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Balance;
import dev.pier.erlang.Peer;
import dev.pier.erlang.peer.GroupScene.Load;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.PierApplication;
import dev.pier.erlang.testing.Release;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The releases of docs/clusters.md stop under load, and no call fails: by their commands for a drain, and by
/// their ordinary stop with `drain_at_stop`. Another node does the same work.
class ReleaseHooksIT {
    @RegisterExtension
    static final ErlangPeer other = ErlangPeer.start();

    @TempDir
    Path folder;

    @BeforeAll
    static void prepare() {
        other.compile(GroupScene.WORK);
        PierApplication.install(other);
    }

    @Test
    void relx() throws IOException {
        try (Release release = Release.relx(folder, GroupScene.WORK, other.cookie())) {
            assertStopsLoseNoCall(release, "foreground", List.of("eval", "pier:drain(30000)."), "ok");
        }
    }

    @Test
    void mix() throws IOException {
        try (Release release = Release.mix(folder, GroupScene.WORK, other.cookie())) {
            assertStopsLoseNoCall(release, "start", List.of("rpc", ":pier.drain(30_000)"), "");
        }
    }

    private static void assertStopsLoseNoCall(Release release, String start, List<String> drain, String answer)
            throws IOException {
        try (TestNode node = GroupScene.start(
                other.cookie(),
                it -> it.nodes(release.nodeName(), other.nodeName()).balance(Balance.ROUND_ROBIN))) {
            Peer backend = node.runtime().peer("backend");
            Load load = new Load(backend, 32, 5);
            release.start(start, "");
            load.awaitAnswersOf(release.nodeName(), 200);
            assertThat(release.command(drain.toArray(String[]::new))).isEqualTo(answer);
            release.command("stop");
            release.awaitEnd();
            load.awaitAnswers(200);
            assertThat(load.failures).as("after the command").isEmpty();

            // The same without the command: the release drains by itself.
            release.start(start, "-pier drain_at_stop 30000");
            load.awaitAnswersOf(release.nodeName(), 200);
            release.command("stop");
            release.awaitEnd();
            load.awaitAnswers(200);
            load.close();
            assertThat(load.failures)
                    .as("failures, of %s answers", load.answered())
                    .isEmpty();
        }
    }
}
