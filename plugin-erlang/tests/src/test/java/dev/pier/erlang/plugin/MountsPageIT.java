package dev.pier.erlang.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.Transcript;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Replays the transcripts of `docs/mounts.md` with all its configurations.
class MountsPageIT {
    @RegisterExtension
    static final ErlangPeer erlang =
            ErlangPeer.with().codePath(ElixirInstallation.modules()).start();

    @TempDir
    Path folder;

    @Test
    void eachTranscriptMatchesTheAnswerOfTheServer() throws Exception {
        Transcript page = new Transcript("mounts.md");
        page.blocks("erlang").forEach(erlang::compile);
        MountedPier.compileMinimalPlug(erlang);
        page.blocks("elixir").forEach(block -> MountedPier.compileElixir(erlang, block));
        assertThat(page.blocks("hocon")).hasSize(6);
        try (MountedPier pier = MountedPier.start(folder, erlang, String.join("\n", page.blocks("hocon")))) {
            assertThat(page.replay(erlang, pier.port())).isEqualTo(10);
            assertThat(pier.get("/accounts?id=7").body()).contains("Ada");
        }
    }
}
