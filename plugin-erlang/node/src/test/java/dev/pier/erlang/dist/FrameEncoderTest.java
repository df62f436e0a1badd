package dev.pier.erlang.dist;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.TermBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameEncoderTest {
    private static final Capabilities ALL = new Capabilities(DistFlags.OURS);
    private static final Capabilities FEW = new Capabilities(DistFlags.MANDATORY_26);
    private static final Pid TO = new Pid(Atom.of("b@h"), 4, 5, 6);
    private static final byte[] TO_BYTES = TermBytes.pid("b@h", 4, 5, 6);
    private static final ControlMessage SEND = new ControlMessage.Send(Atom.EMPTY, TO);
    private static final byte[] SEND_BYTES = tuple(integer(2), atom(""), TO_BYTES);
    private static final ControlMessage LINK = new ControlMessage.Link(TO, TO);
    private static final byte[] LINK_BYTES = tuple(integer(1), TO_BYTES, TO_BYTES);

    /// Each frame without its length, which is checked.
    private static List<byte[]> frames(EncodedSignal signal) {
        List<byte[]> frames = new ArrayList<>();
        boolean more = true;
        while (more) {
            List<ByteBuffer> buffers = new ArrayList<>();
            more = signal.addNextFrame(buffers);
            Bytes bytes = Bytes.bytes();
            for (ByteBuffer buffer : buffers) {
                byte[] part = new byte[buffer.remaining()];
                buffer.get(part);
                bytes.raw(part);
            }
            byte[] frame = bytes.array();
            assertThat(ByteBuffer.wrap(frame).getInt()).isEqualTo(frame.length - 4);
            frames.add(Arrays.copyOfRange(frame, 4, frame.length));
        }
        return frames;
    }

    private static Frame decodeAll(List<byte[]> frames, Capabilities capabilities) throws ProtocolViolation {
        FrameDecoder decoder = new FrameDecoder(capabilities, DecodeLimits.DEFAULT, FragmentLimits.DEFAULT);
        Frame last = Frame.TICK;
        for (byte[] frame : frames) {
            last = decoder.decode(frame, 0, frame.length);
        }
        return last;
    }

    @Test
    void nativeRecordsGoToPeersThatReadThem() {
        Term record = Tuple.of(Atom.OK, Term.parse("#m:r{a = 1}"));
        Capabilities without = new Capabilities(DistFlags.OURS & ~DistFlags.NATIVE_RECORDS);
        FrameEncoder encoder = new FrameEncoder(without);
        assertThatThrownBy(() -> encoder.encode(TO, SEND, record))
                .isInstanceOf(BadArgument.class)
                .hasMessageContaining("DFLAG_NATIVE_RECORDS");
        assertThatThrownBy(() -> encoder.encode(TO, new ControlMessage.Exit(TO, TO, record)))
                .isInstanceOf(BadArgument.class);
        EtfOutput out = new EtfOutput(10);
        int payloadStart = encoder.begin(SEND, out);
        EtfOutput encodedBefore = new EtfOutput(10);
        TermEncoder.encode(record, encodedBefore);
        out.write(encodedBefore);
        assertThatThrownBy(() -> encoder.finish(TO, out, payloadStart)).isInstanceOf(BadArgument.class);

        assertThat(new FrameEncoder(ALL).encode(TO, SEND, record).size()).isPositive();
        assertThat(encoder.encode(TO, SEND, Atom.OK).size()).isPositive();
    }

    @Test
    void aSmallSignalIsOneBufferWithItsLength() {
        EncodedSignal signal = new FrameEncoder(ALL).encode(TO, SEND, Atom.of("hello"));
        List<ByteBuffer> buffers = new ArrayList<>();

        assertThat(signal.addNextFrame(buffers)).isFalse();
        assertThat(buffers).hasSize(1);
        byte[] frame = FrameBytes.normal(SEND_BYTES, atom("hello"));
        assertThat(buffers.getFirst())
                .isEqualTo(ByteBuffer.wrap(
                        Bytes.bytes().u32(frame.length).raw(frame).array()));
        assertThat(signal.size()).isEqualTo(frame.length + 4);
    }

    @Test
    void withoutHeadersEachTermHasItsVersion() {
        FrameEncoder encoder = new FrameEncoder(FEW);

        assertThat(frames(encoder.encode(TO, SEND, Atom.of("hello"))))
                .containsExactly(FrameBytes.passThrough(SEND_BYTES, atom("hello")));
        assertThat(frames(encoder.encode(TO, LINK))).containsExactly(FrameBytes.passThrough(LINK_BYTES));
    }

    @Test
    void aSignalMayHaveNoPayload() {
        assertThat(frames(new FrameEncoder(ALL).encode(TO, LINK))).containsExactly(FrameBytes.normal(LINK_BYTES));
    }

    @Test
    void thePayloadIsEncodedInPlace() throws ProtocolViolation {
        FrameEncoder encoder = new FrameEncoder(ALL);
        EtfOutput out = new EtfOutput(512);
        int payload = encoder.begin(SEND, out);
        TermEncoder.encodeLong(42, out);
        EncodedSignal signal = encoder.finish(TO, out, payload);
        List<ByteBuffer> buffers = new ArrayList<>();
        assertThat(signal.addNextFrame(buffers)).isFalse();

        assertThat(buffers.getFirst().array()).isSameAs(out.array());
        assertThat(payload(decodeAll(frames(encoder.encode(TO, SEND, Term.parse("42"))), ALL)))
                .isEqualTo(Term.parse("42"));
    }

    @Test
    void anOutputIsForOneSignal() {
        FrameEncoder encoder = new FrameEncoder(ALL);
        EtfOutput out = new EtfOutput(512);
        encoder.begin(SEND, out);

        assertThatIllegalArgumentException().isThrownBy(() -> encoder.begin(SEND, out));
    }

    private static Binary random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return Binary.of(bytes);
    }

    private static Term payload(Frame frame) {
        return ((Frame.Message) frame).payload().decode(DecodeLimits.DEFAULT);
    }

    /// The payload of a binary is 5 bytes longer than its content.
    @ParameterizedTest
    @ValueSource(ints = {65531, 65532, 2 * 65536 - 5, 2 * 65536 - 4, 1_000_000})
    void aLongPayloadIsSplitAfterEach64KiB(int length) throws ProtocolViolation {
        Binary payload = random(length);
        int fragments = Math.ceilDiv(length + 5, 65536);
        List<byte[]> frames = frames(new FrameEncoder(ALL).encode(TO, SEND, payload));

        assertThat(frames).hasSize(fragments);
        if (fragments == 1) {
            assertThat(frames.getFirst()).startsWith(131, 68, 0);
        } else {
            byte[] whole =
                    Bytes.bytes().u8(109).u32(length).raw(payload.toByteArray()).array();
            assertThat(frames).containsExactlyElementsOf(FrameBytes.fragments(1, SEND_BYTES, whole, 65536));
        }
        assertThat(decodeAll(frames, ALL)).isInstanceOfSatisfying(Frame.Message.class, message -> {
            assertThat(message.control()).isEqualTo(SEND);
            assertThat(message.payload().decode(DecodeLimits.DEFAULT)).isEqualTo(payload);
        });
    }

    @Test
    void sequenceIdsCountFromOne() {
        FrameEncoder encoder = new FrameEncoder(ALL);
        for (long sequence = 1; sequence <= 3; sequence++) {
            for (byte[] frame : frames(encoder.encode(TO, SEND, random(100_000)))) {
                assertThat(ByteBuffer.wrap(frame).getLong(2)).isEqualTo(sequence);
            }
        }
    }

    @Test
    void withoutFragmentsALongPayloadIsOneFrame() throws ProtocolViolation {
        Binary payload = random(1_000_000);
        for (Capabilities capabilities : List.of(FEW, new Capabilities(DistFlags.OURS & ~DistFlags.FRAGMENTS))) {
            List<byte[]> frames = frames(new FrameEncoder(capabilities).encode(TO, SEND, payload));

            assertThat(frames).hasSize(1);
            assertThat(payload(decodeAll(frames, capabilities))).isEqualTo(payload);
        }
    }

    @Test
    void fragmentsShareTheBytesOfTheSignal() {
        EncodedSignal signal = new FrameEncoder(ALL).encode(TO, SEND, random(200_000));
        List<ByteBuffer> first = new ArrayList<>();
        List<ByteBuffer> second = new ArrayList<>();
        assertThat(signal.addNextFrame(first)).isTrue();
        assertThat(signal.addNextFrame(second)).isTrue();

        assertThat(first).hasSize(2);
        assertThat(first.get(1).array()).isSameAs(second.get(1).array());
        assertThat(second.get(0).remaining()).isEqualTo(22);
        assertThat(second.get(1).remaining()).isEqualTo(65536);
    }
}
