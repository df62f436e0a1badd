package dev.pier.erlang.dist;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    @Test
    void bothSidesMustHaveAFlag() {
        Capabilities common = Capabilities.negotiate(DistFlags.OURS, 0x0d07df7fbdL & ~DistFlags.SPAWN);
        assertThat(common.spawn()).isFalse();
        assertThat(common.alias()).isTrue();
        assertThat(common.monitors()).isTrue();
        assertThat(common.exitPayload()).isTrue();
        assertThat(common.sendSender()).isTrue();
        assertThat(common.unlinkId()).isTrue();
        assertThat(common.altactSignals()).isFalse();
    }

    @Test
    void monitorsNeedBothFlags() {
        assertThat(new Capabilities(DistFlags.OURS & ~DistFlags.DIST_MONITOR_NAME).monitors())
                .isFalse();
        assertThat(new Capabilities(DistFlags.OURS & ~DistFlags.DIST_MONITOR).monitors())
                .isFalse();
    }

    @Test
    void eitherFlagBringsHeaders() {
        assertThat(new Capabilities(DistFlags.FRAGMENTS).frameFormat()).isEqualTo(FrameFormat.HEADER);
        assertThat(new Capabilities(DistFlags.DIST_HDR_ATOM_CACHE).frameFormat())
                .isEqualTo(FrameFormat.HEADER);
        assertThat(new Capabilities(DistFlags.MANDATORY_26).frameFormat()).isEqualTo(FrameFormat.PASS_THROUGH);
    }

    @Test
    void unknownBitsDropOut() {
        assertThat(Capabilities.negotiate(DistFlags.OURS, -1L).flags()).isEqualTo(DistFlags.OURS);
    }

    @Test
    void theDigestStandsForElevenFlags() {
        assertThat(Long.bitCount(DistFlags.MANDATORY_25)).isEqualTo(11);
        assertThat(DistFlags.missing(DistFlags.MANDATORY_25_DIGEST, DistFlags.MANDATORY_25))
                .isZero();
        assertThat(DistFlags.describeMissing(DistFlags.MANDATORY_25_DIGEST))
                .isEqualTo("UNLINK_ID, V4_NC (OTP 26 and later)");
        assertThat(DistFlags.describeMissing(DistFlags.OURS)).isEmpty();
        assertThat(DistFlags.describe(0x5 | 1L << 50)).isEqualTo("PUBLISHED, EXTENDED_REFERENCES, 0x4000000000000");
    }
}
