package dev.pier.erlang.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// An EPMD of a test's own goes and comes as the test wants.
class EpmdProcessIT {
    @Test
    void losesAllNamesWhenItIsStartedAgain() {
        try (EpmdProcess epmd = EpmdProcess.start();
                ErlangPeer peer = ErlangPeer.with()
                        .environment("ERL_EPMD_PORT", Integer.toString(epmd.port()))
                        .start()) {
            String name = peer.nodeName().replaceFirst("@.*", "");
            assertThat(epmd.names()).containsOnlyKeys(name);

            epmd.kill();
            assertThatThrownBy(epmd::names).hasMessageContaining("does not answer");

            epmd.restart();
            Await.until("the node to register again", () -> epmd.names().containsKey(name));
        }
    }

    @Test
    void isNotTheOneOfAllTests() {
        try (EpmdProcess epmd = EpmdProcess.start();
                TestEpmd.Registration registration = TestEpmd.register("shared_only", 4711)) {
            assertThat(registration).isNotNull();
            assertThat(TestEpmd.portOf("shared_only")).isEqualTo(4711);
            assertThat(epmd.names()).isEmpty();
            assertThat(epmd.port()).isNotEqualTo(TestEpmd.port());
        }
        Await.until("the name to be free", () -> !TestEpmd.names().contains("shared_only"));
    }
}
