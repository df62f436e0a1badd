package dev.pier.erlang.dist;

import static dev.pier.erlang.testing.Bytes.bytes;
import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.list;
import static dev.pier.erlang.testing.TermBytes.nil;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static dev.pier.erlang.testing.TermBytes.unsignedLong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.TermBytes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlMessageTest {
    private static final Capabilities ALL = new Capabilities(DistFlags.OURS);

    private static final Pid FROM = new Pid(Atom.of("a@h"), 1, 2, 3);
    private static final Pid TO = new Pid(Atom.of("b@h"), 4, -5, -6);
    private static final Reference REF = new Reference(Atom.of("b@h"), -6, 1, -2, 3);
    private static final Atom NAME = Atom.of("name");
    private static final Term REASON = Term.parse("{shutdown,[1,<<\"x\">>]}");

    private static final byte[] FROM_BYTES = TermBytes.pid("a@h", 1, 2, 3);
    private static final byte[] TO_BYTES = TermBytes.pid("b@h", 4, -5, -6);
    private static final byte[] REF_BYTES = TermBytes.reference("b@h", -6, 1, -2, 3);
    private static final byte[] TOKEN = tuple(integer(0), atom("label"), integer(1), FROM_BYTES, integer(0));

    private static final byte[] LARGEST_ID = Bytes.hex("6e0800ffffffffffffffff");

    private static Arguments of(ControlMessage message, byte[]... elements) {
        return argumentSet(message.getClass().getSimpleName() + " as " + (elements[0][1] & 0xff), message, elements);
    }

    static Stream<Arguments> formsThatAreWritten() {
        byte[] reason = tuple(atom("shutdown"), list(integer(1), TermBytes.binary("x")));
        byte[] noName = atom("");
        return Stream.of(
                of(new ControlMessage.Link(FROM, TO), integer(1), FROM_BYTES, TO_BYTES),
                of(new ControlMessage.Send(Atom.EMPTY, TO), integer(2), noName, TO_BYTES),
                of(new ControlMessage.Exit(FROM, TO, REASON), integer(3), FROM_BYTES, TO_BYTES, reason),
                of(new ControlMessage.Unlink(FROM, TO), integer(4), FROM_BYTES, TO_BYTES),
                of(new ControlMessage.RegSend(FROM, NAME), integer(6), FROM_BYTES, noName, atom("name")),
                of(new ControlMessage.GroupLeader(FROM, TO), integer(7), FROM_BYTES, TO_BYTES),
                of(new ControlMessage.Exit2(FROM, TO, REASON), integer(8), FROM_BYTES, TO_BYTES, reason),
                of(new ControlMessage.MonitorP(FROM, TO, REF), integer(19), FROM_BYTES, TO_BYTES, REF_BYTES),
                of(new ControlMessage.MonitorP(FROM, NAME, REF), integer(19), FROM_BYTES, atom("name"), REF_BYTES),
                of(new ControlMessage.DemonitorP(FROM, TO, REF), integer(20), FROM_BYTES, TO_BYTES, REF_BYTES),
                of(new ControlMessage.DemonitorP(FROM, NAME, REF), integer(20), FROM_BYTES, atom("name"), REF_BYTES),
                of(
                        new ControlMessage.MonitorPExit(NAME, TO, REF, REASON),
                        integer(21),
                        atom("name"),
                        TO_BYTES,
                        REF_BYTES,
                        reason),
                of(new ControlMessage.Send(FROM, TO), integer(22), FROM_BYTES, TO_BYTES),
                of(new ControlMessage.PayloadExit(FROM, TO), integer(24), FROM_BYTES, TO_BYTES),
                of(new ControlMessage.PayloadExit2(FROM, TO), integer(26), FROM_BYTES, TO_BYTES),
                of(new ControlMessage.PayloadMonitorPExit(FROM, TO, REF), integer(28), FROM_BYTES, TO_BYTES, REF_BYTES),
                of(
                        new ControlMessage.SpawnRequest(
                                REF,
                                FROM,
                                FROM,
                                Atom.of("erpc"),
                                Atom.of("execute_call"),
                                4,
                                List.of(Atom.of("monitor"))),
                        integer(29),
                        REF_BYTES,
                        FROM_BYTES,
                        FROM_BYTES,
                        tuple(atom("erpc"), atom("execute_call"), integer(4)),
                        list(atom("monitor"))),
                of(
                        new ControlMessage.SpawnReply(REF, TO, 3, FROM),
                        integer(31),
                        REF_BYTES,
                        TO_BYTES,
                        integer(3),
                        FROM_BYTES),
                of(new ControlMessage.AliasSend(FROM, REF), integer(33), FROM_BYTES, REF_BYTES),
                of(new ControlMessage.UnlinkId(1, FROM, TO), integer(35), integer(1), FROM_BYTES, TO_BYTES),
                of(new ControlMessage.UnlinkId(-1, FROM, TO), integer(35), LARGEST_ID, FROM_BYTES, TO_BYTES),
                of(
                        new ControlMessage.UnlinkIdAck(1L << 40, FROM, TO),
                        integer(36),
                        unsignedLong(1L << 40),
                        FROM_BYTES,
                        TO_BYTES),
                of(new ControlMessage.AltactSend(FROM, TO, false), integer(37), integer(0), FROM_BYTES, TO_BYTES),
                of(new ControlMessage.AltactSend(FROM, NAME, true), integer(37), integer(24), FROM_BYTES, atom("name")),
                of(new ControlMessage.AltactSend(FROM, REF, true), integer(37), integer(20), FROM_BYTES, REF_BYTES));
    }

    /// The older and the traced forms, and what OTP 28 adds.
    static Stream<Arguments> formsThatAreOnlyRead() {
        byte[] reason = tuple(atom("shutdown"), list(integer(1), TermBytes.binary("x")));
        byte[] mfa = tuple(atom("m"), atom("f"), integer(0));
        return Stream.of(
                of(new ControlMessage.Send(Atom.EMPTY, TO), integer(12), atom(""), TO_BYTES, TOKEN),
                of(new ControlMessage.Send(Atom.EMPTY, TO), integer(2), atom("an_old_cookie"), TO_BYTES),
                of(new ControlMessage.Exit(FROM, TO, REASON), integer(13), FROM_BYTES, TO_BYTES, TOKEN, reason),
                of(new ControlMessage.RegSend(FROM, NAME), integer(16), FROM_BYTES, atom(""), atom("name"), TOKEN),
                of(new ControlMessage.Exit2(FROM, TO, REASON), integer(18), FROM_BYTES, TO_BYTES, nil(), reason),
                of(new ControlMessage.Send(FROM, TO), integer(23), FROM_BYTES, TO_BYTES, TOKEN),
                of(new ControlMessage.PayloadExit(FROM, TO), integer(25), FROM_BYTES, TO_BYTES, TOKEN),
                of(new ControlMessage.PayloadExit2(FROM, TO), integer(27), FROM_BYTES, TO_BYTES, TOKEN),
                of(
                        new ControlMessage.SpawnRequest(REF, FROM, TO, Atom.of("m"), Atom.of("f"), 0, List.of()),
                        integer(30),
                        REF_BYTES,
                        FROM_BYTES,
                        TO_BYTES,
                        mfa,
                        nil(),
                        TOKEN),
                of(
                        new ControlMessage.SpawnReply(REF, TO, 0, Atom.of("notsup")),
                        integer(32),
                        REF_BYTES,
                        TO_BYTES,
                        integer(0),
                        atom("notsup"),
                        TOKEN),
                of(new ControlMessage.AliasSend(FROM, REF), integer(34), FROM_BYTES, REF_BYTES, TOKEN),
                of(new ControlMessage.AliasSend(FROM, REF), integer(37), integer(4), FROM_BYTES, REF_BYTES),
                of(
                        new ControlMessage.AltactSend(FROM, TO, true),
                        integer(37),
                        integer(1 | 2 | 16),
                        FROM_BYTES,
                        TO_BYTES,
                        TOKEN,
                        atom("more"),
                        integer(1)),
                of(
                        new ControlMessage.AltactSend(FROM, NAME, false),
                        integer(37),
                        bytes().u8(110).u8(9).u8(0).u8(8).u64(0).array(),
                        FROM_BYTES,
                        atom("name")));
    }

    private static EtfInput input(byte[] bytes) {
        return new EtfInput(bytes, 0, bytes.length, new Atom[0], DecodeLimits.DEFAULT);
    }

    private static void isReadCompletelyAndRefusedWhenCut(ControlMessage message, byte[] bytes)
            throws ProtocolViolation {
        EtfInput in = input(bytes);
        assertThat(ControlDecoder.decode(in)).isEqualTo(message);
        assertThat(in.remaining()).isZero();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(ProtocolViolation.class)
                    .as("cut at byte %d", length)
                    .isThrownBy(() -> ControlDecoder.decode(input(cut)));
        }
    }

    @ParameterizedTest
    @MethodSource("formsThatAreWritten")
    void aWrittenFormIsReadCompletelyAndRefusedWhenCut(ControlMessage message, byte[][] elements)
            throws ProtocolViolation {
        EtfOutput out = new EtfOutput(1);
        new ControlEncoder(ALL).encode(message, out);
        assertThat(out.toByteArray()).isEqualTo(tuple(elements));
        isReadCompletelyAndRefusedWhenCut(message, tuple(elements));
    }

    @ParameterizedTest
    @MethodSource("formsThatAreOnlyRead")
    void anotherFormIsReadCompletelyAndRefusedWhenCut(ControlMessage message, byte[][] elements)
            throws ProtocolViolation {
        isReadCompletelyAndRefusedWhenCut(message, tuple(elements));
    }

    @ParameterizedTest
    @MethodSource("formsThatAreWritten")
    void anAdditionalElementIsRefused(ControlMessage message, byte[][] elements) throws ProtocolViolation {
        byte[][] more = Arrays.copyOf(elements, elements.length + 1);
        more[elements.length] = integer(1);
        if (message instanceof ControlMessage.AltactSend) {
            assertThat(ControlDecoder.decode(input(tuple(more)))).isEqualTo(message);
        } else {
            assertThatExceptionOfType(ProtocolViolation.class)
                    .isThrownBy(() -> ControlDecoder.decode(input(tuple(more))));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 5, 9, 10, 11, 14, 15, 17, 38, 255, 1000})
    void anUnknownOperationIsRefused(int op) {
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> ControlDecoder.decode(input(tuple(integer(op), FROM_BYTES, TO_BYTES))));
    }

    @Test
    void anOperationAboveAnIntIsNotTruncated() {
        byte[] op = unsignedLong((1L << 32) + 1);
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> ControlDecoder.decode(input(tuple(op, FROM_BYTES, TO_BYTES))));
    }

    @Test
    void theMessageSaysWhatArrived() {
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> ControlDecoder.decode(input(tuple(integer(1), FROM_BYTES))))
                .withMessage("control message 1 with 2 elements");
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> ControlDecoder.decode(input(tuple(integer(1), FROM_BYTES, atom("to")))))
                .withMessageStartingWith("malformed control message 1: ");
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> ControlDecoder.decode(input(atom("link"))))
                .withMessageStartingWith("not a control message: ");
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> ControlDecoder.decode(input(tuple(integer(35), integer(0), FROM_BYTES, TO_BYTES))))
                .withMessage("unlink with the id 0");
    }

    @Test
    void theFormDependsOnTheCapabilities() {
        EtfOutput old = new EtfOutput(1);
        new ControlEncoder(new Capabilities(DistFlags.MANDATORY_26)).encode(new ControlMessage.Send(FROM, TO), old);
        assertThat(old.toByteArray()).isEqualTo(tuple(integer(2), atom(""), TO_BYTES));

        EtfOutput future = new EtfOutput(1);
        new ControlEncoder(new Capabilities(DistFlags.ALTACT_SIG))
                .encode(new ControlMessage.AliasSend(FROM, REF), future);
        assertThat(future.toByteArray()).isEqualTo(tuple(integer(37), integer(4), FROM_BYTES, REF_BYTES));
    }
}
