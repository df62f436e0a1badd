package dev.pier.erlang.dist;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CapabilitiesTest {
    private static final Atom NAME = Atom.of("n");
    private static final Pid PID = new Pid(Atom.of("a@h"), 1, 2, 3);
    private static final Reference REF = new Reference(Atom.of("a@h"), 3, 1, 2, 3);

    static Stream<Arguments> signals() {
        long monitors = DistFlags.DIST_MONITOR | DistFlags.DIST_MONITOR_NAME;
        return Stream.of(
                Arguments.of(new ControlMessage.Link(PID, PID), 0),
                Arguments.of(new ControlMessage.Send(PID, PID), 0),
                Arguments.of(new ControlMessage.RegSend(PID, NAME), 0),
                Arguments.of(new ControlMessage.Exit(PID, PID, NAME), 0),
                Arguments.of(new ControlMessage.Exit2(PID, PID, NAME), 0),
                Arguments.of(new ControlMessage.Unlink(PID, PID), 0),
                Arguments.of(new ControlMessage.GroupLeader(PID, PID), 0),
                Arguments.of(new ControlMessage.PayloadExit(PID, PID), DistFlags.EXIT_PAYLOAD),
                Arguments.of(new ControlMessage.PayloadExit2(PID, PID), DistFlags.EXIT_PAYLOAD),
                Arguments.of(new ControlMessage.UnlinkId(1, PID, PID), DistFlags.UNLINK_ID),
                Arguments.of(new ControlMessage.UnlinkIdAck(1, PID, PID), DistFlags.UNLINK_ID),
                Arguments.of(new ControlMessage.MonitorP(PID, NAME, REF), monitors),
                Arguments.of(new ControlMessage.DemonitorP(PID, NAME, REF), monitors),
                Arguments.of(new ControlMessage.MonitorPExit(NAME, PID, REF, NAME), monitors),
                Arguments.of(new ControlMessage.PayloadMonitorPExit(NAME, PID, REF), monitors | DistFlags.EXIT_PAYLOAD),
                Arguments.of(new ControlMessage.SpawnRequest(REF, PID, PID, NAME, NAME, 0, List.of()), DistFlags.SPAWN),
                Arguments.of(new ControlMessage.SpawnReply(REF, PID, 0, PID), DistFlags.SPAWN),
                Arguments.of(new ControlMessage.AliasSend(PID, REF), DistFlags.ALIAS),
                Arguments.of(new ControlMessage.AltactSend(PID, NAME, false), DistFlags.ALTACT_SIG));
    }

    @ParameterizedTest
    @MethodSource("signals")
    void aSignalNeedsItsFlags(ControlMessage signal, long flags) {
        assertThat(new Capabilities(0).missingFor(signal)).isEqualTo(flags);
        assertThat(new Capabilities(flags).missingFor(signal)).isZero();
        for (long bit = Long.lowestOneBit(flags); bit != 0; bit = Long.lowestOneBit(flags & -(bit << 1))) {
            assertThat(new Capabilities(flags & ~bit).missingFor(signal)).isEqualTo(bit);
        }
    }

    @Test
    void everySignalIsInTheTable() {
        assertThat(signals().<Object>map(row -> requireNonNull(row.get()[0]).getClass()))
                .containsExactlyInAnyOrder((Object[]) ControlMessage.class.getPermittedSubclasses());
    }

    @Test
    void alternativeSignalsReachAliasesToo() {
        assertThat(new Capabilities(DistFlags.ALTACT_SIG).missingFor(new ControlMessage.AliasSend(PID, REF)))
                .isZero();
    }

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
    void eitherFlagMakesFramesBeginWithAHeader() {
        assertThat(new Capabilities(DistFlags.FRAGMENTS).frameFormat()).isEqualTo(FrameFormat.HEADER);
        assertThat(new Capabilities(DistFlags.DIST_HDR_ATOM_CACHE).frameFormat())
                .isEqualTo(FrameFormat.HEADER);
        assertThat(new Capabilities(DistFlags.MANDATORY_26).frameFormat()).isEqualTo(FrameFormat.PASS_THROUGH);
    }

    @Test
    void unknownBitsAreIgnored() {
        assertThat(Capabilities.negotiate(DistFlags.OURS, -1L).flags()).isEqualTo(DistFlags.OURS);
    }

    @Test
    void theDigestBitStandsForElevenFlags() {
        assertThat(Long.bitCount(DistFlags.MANDATORY_25)).isEqualTo(11);
        assertThat(DistFlags.missing(DistFlags.MANDATORY_25_DIGEST, DistFlags.MANDATORY_25))
                .isZero();
        assertThat(DistFlags.describeMissing(DistFlags.MANDATORY_25_DIGEST))
                .isEqualTo("UNLINK_ID, V4_NC (OTP 26 and later)");
        assertThat(DistFlags.describeMissing(DistFlags.OURS)).isEmpty();
        assertThat(DistFlags.describe(0x5 | 1L << 50)).isEqualTo("PUBLISHED, EXTENDED_REFERENCES, 0x4000000000000");
    }
}
