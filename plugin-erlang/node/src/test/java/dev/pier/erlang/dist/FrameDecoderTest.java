package dev.pier.erlang.dist;

import static dev.pier.erlang.testing.Bytes.bytes;
import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.atomOfHeader;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import dev.pier.erlang.testing.TermBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
    private static final Pid TO = new Pid(Atom.of("b@h"), 4, 5, 6);
    private static final byte[] TO_BYTES = TermBytes.pid("b@h", 4, 5, 6);
    private static final byte[] SEND = tuple(integer(2), atom(""), TO_BYTES);
    private static final byte[] LINK = tuple(integer(1), TO_BYTES, TO_BYTES);
    private static final FragmentLimits LIMITS = new FragmentLimits(3, 100, 150);

    private FrameDecoder decoder = decoder(DistFlags.OURS);

    private static FrameDecoder decoder(long flags) {
        return new FrameDecoder(new Capabilities(flags), DecodeLimits.DEFAULT, LIMITS);
    }

    private Frame decode(byte[] frame) throws ProtocolViolation {
        return decoder.decode(frame, 0, frame.length);
    }

    private static Term payload(Frame frame) {
        if (frame instanceof Frame.Message(ControlMessage control, var payload) && control.hasPayload()) {
            return payload.decode(DecodeLimits.DEFAULT);
        }
        throw new AssertionError("not a message with a payload: " + frame);
    }

    private void violates(byte[] frame, String clause) {
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> decode(frame))
                .withMessageContaining(clause);
    }

    @Test
    void anEmptyFrameIsATick() throws ProtocolViolation {
        assertThat(decode(new byte[0])).isEqualTo(Frame.TICK);
    }

    @Test
    void aFrameWithAHeader() throws ProtocolViolation {
        Frame frame = decode(FrameBytes.normal(SEND, atom("hello")));

        assertThat(frame)
                .isInstanceOfSatisfying(
                        Frame.Message.class,
                        message -> assertThat(message.control()).isEqualTo(new ControlMessage.Send(Atom.EMPTY, TO)));
        assertThat(payload(frame)).isEqualTo(Atom.of("hello"));
    }

    @Test
    void aFrameMayBeAnywhereInItsArray() throws ProtocolViolation {
        byte[] frame = FrameBytes.normal(SEND, atom("hello"));
        byte[] array = bytes().u32(7).raw(frame).u32(9).array();

        assertThat(payload(decoder.decode(array, 4, frame.length))).isEqualTo(Atom.of("hello"));
    }

    @Test
    void aPassThroughFrame() throws ProtocolViolation {
        decoder = decoder(DistFlags.MANDATORY_26);

        assertThat(payload(decode(FrameBytes.passThrough(SEND, atom("hello"))))).isEqualTo(Atom.of("hello"));
        assertThat(decode(FrameBytes.passThrough(LINK)))
                .isEqualTo(new Frame.Message(new ControlMessage.Link(TO, TO), Frame.NO_PAYLOAD));
        violates(FrameBytes.normal(SEND, atom("hello")), "byte 131 in a frame instead of 112");
    }

    @Test
    void aPassThroughFrameIsAViolationIfHeadersWereNegotiated() {
        violates(FrameBytes.passThrough(SEND, atom("hello")), "byte 112 in a frame instead of 131");
    }

    @Test
    void bytesBehindAMessageAreIgnored() throws ProtocolViolation {
        byte[] frame = bytes().raw(FrameBytes.normal(LINK)).u32(0).array();

        assertThat(decode(frame)).isEqualTo(new Frame.Message(new ControlMessage.Link(TO, TO), Frame.NO_PAYLOAD));
    }

    @Test
    void aFrameCutAnywhereIsAViolationOrHasACutPayload() throws ProtocolViolation {
        byte[] payload = binary("payload");
        byte[] whole = FrameBytes.normal(new AtomRefs().add(7, "b@h"), SEND, payload);
        int payloadStart = whole.length - payload.length;
        for (int length = 1; length <= payloadStart; length++) {
            FrameDecoder fresh = decoder(DistFlags.OURS);
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(ProtocolViolation.class)
                    .as("cut at byte %d", length)
                    .isThrownBy(() -> fresh.decode(cut, 0, cut.length));
        }
        // The reader does not decode payloads; decoding this one fails later.
        assertThat(decode(Arrays.copyOf(whole, payloadStart + 1))).isInstanceOf(Frame.Message.class);
    }

    @Test
    void aPassThroughFrameCutAnywhereIsAViolation() {
        byte[] payload = atom("hello");
        byte[] whole = FrameBytes.passThrough(SEND, payload);
        for (int length = 1; length < whole.length - payload.length; length++) {
            FrameDecoder fresh = decoder(DistFlags.MANDATORY_26);
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(ProtocolViolation.class).isThrownBy(() -> fresh.decode(cut, 0, cut.length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 67, 71, 80, 104, 131})
    void anUnknownKindOfFrameIsAViolation(int kind) {
        violates(bytes().u8(131).u8(kind).u64(1).u64(1).array(), "131 " + kind);
    }

    @Test
    void atomsAreNamedOnceAndUsedByTheirSlots() throws ProtocolViolation {
        AtomRefs named = new AtomRefs()
                .add(1790, "dpa@vm")
                .add(5, "")
                .add(0x750, "lists")
                .use(5);
        Frame frame = decode(FrameBytes.normal(
                named, tuple(integer(2), atomOfHeader(1), TO_BYTES), tuple(atomOfHeader(0), atomOfHeader(2))));
        assertThat(payload(frame)).isEqualTo(Term.parse("{'dpa@vm',lists}"));

        AtomRefs again = new AtomRefs().use(0x750).use(1790);
        frame = decode(FrameBytes.normal(again, SEND, tuple(atomOfHeader(0), atomOfHeader(1))));
        assertThat(payload(frame)).isEqualTo(Term.parse("{lists,'dpa@vm'}"));
    }

    @Test
    void aLaterFrameDoesNotChangeWhatAnEarlierOneMeant() throws ProtocolViolation {
        Frame early = decode(FrameBytes.normal(new AtomRefs().add(3, "old"), SEND, atomOfHeader(0)));
        Frame late = decode(FrameBytes.normal(new AtomRefs().add(3, "new"), SEND, atomOfHeader(0)));
        Frame later = decode(FrameBytes.normal(new AtomRefs().use(3), SEND, atomOfHeader(0)));

        assertThat(payload(early)).isEqualTo(Atom.of("old"));
        assertThat(payload(late)).isEqualTo(Atom.of("new"));
        assertThat(payload(later)).isEqualTo(Atom.of("new"));
    }

    @Test
    @Says(in = Section.HEADER, value = "A header names up to 255 atoms: their number is one byte.")
    void aFrameNamesUpTo255Atoms() throws ProtocolViolation {
        AtomRefs atoms = new AtomRefs();
        List<Term> expected = new ArrayList<>();
        List<byte[]> elements = new ArrayList<>();
        for (int i = 0; i < 255; i++) {
            atoms.add(i * 8 + 7, "atom" + i);
            expected.add(Atom.of("atom" + i));
            elements.add(atomOfHeader(i));
        }
        Frame frame = decode(FrameBytes.normal(atoms, SEND, TermBytes.list(elements.toArray(byte[][]::new))));

        assertThat(payload(frame)).isEqualTo(new ListTerm(expected));
    }

    @Test
    @Says(in = Section.HEADER, value = "The flag LongAtoms gives every atom a two-byte length.")
    void longAtomsHaveLongLengths() throws ProtocolViolation {
        String longest = "\ud83d\ude00".repeat(255);
        AtomRefs atoms = new AtomRefs().add(1, "short").add(2, longest).use(1);
        Frame frame = decode(FrameBytes.normal(atoms, SEND, tuple(atomOfHeader(0), atomOfHeader(1), atomOfHeader(2))));

        assertThat(payload(frame)).hasToString("{short," + Atom.of(longest) + ",short}");
    }

    @Test
    @Says(in = Section.HEADER, value = "A reference to an empty cache entry ends the connection.")
    void anEmptySlotIsAViolation() {
        violates(FrameBytes.normal(new AtomRefs().use(2047), SEND, atom("x")), "the empty slot 2047");
    }

    @Test
    void aMalformedAtomIsAViolation() {
        byte[] badUtf8 = bytes().u8(131)
                .u8(68)
                .u8(1)
                .u8(8)
                .u8(0)
                .u8(2)
                .u8(0xc3)
                .u8(0x28)
                .raw(SEND)
                .array();
        violates(badUtf8, "is not UTF-8");
        violates(FrameBytes.normal(new AtomRefs().add(0, "x".repeat(256)), SEND), "malformed frame of ");
    }

    @Test
    void aReferenceBeyondTheHeaderIsAViolation() {
        byte[] control = tuple(integer(6), TO_BYTES, atomOfHeader(0), atomOfHeader(1));
        violates(FrameBytes.normal(new AtomRefs().add(0, "x"), control, atom("y")), "malformed control message 6");
    }

    @Test
    void fragmentsBecomeOneMessage() throws ProtocolViolation {
        byte[] message = binary("x".repeat(80));
        for (int partSize : new int[] {1, 7, 84, 85, 1000}) {
            Frame last = Frame.TICK;
            for (byte[] frame : FrameBytes.fragments(9, SEND, message, partSize)) {
                assertThat(last).isNotInstanceOf(Frame.Message.class);
                last = decode(frame);
            }
            assertThat(payload(last)).as("parts of %d", partSize).hasToString("<<\"" + "x".repeat(80) + "\">>");
        }
    }

    @Test
    @Says(in = Section.HEADER, value = "Fragments of different messages may interleave.")
    void sequencesInterleaveWithEachOtherAndWithWholeFramesAndTicks() throws ProtocolViolation {
        List<byte[]> one = FrameBytes.fragments(1, SEND, binary("one"), 3);
        List<byte[]> two = FrameBytes.fragments(-2, SEND, binary("two!"), 3);
        assertThat(decode(one.get(0))).isEqualTo(Frame.PARTIAL);
        assertThat(decode(two.get(0))).isEqualTo(Frame.PARTIAL);
        assertThat(payload(decode(FrameBytes.normal(SEND, atom("between"))))).isEqualTo(Atom.of("between"));
        assertThat(decode(two.get(1))).isEqualTo(Frame.PARTIAL);
        assertThat(decode(new byte[0])).isEqualTo(Frame.TICK);
        assertThat(decode(one.get(1))).isEqualTo(Frame.PARTIAL);

        assertThat(payload(decode(one.get(2)))).hasToString("<<\"one\">>");
        assertThat(payload(decode(two.get(2)))).hasToString("<<\"two!\">>");
    }

    @Test
    @Says(in = Section.HEADER, value = "The first fragment names the atoms of the whole message.")
    void theAtomsOfTheFirstFragmentHoldForTheWholeMessage() throws ProtocolViolation {
        byte[] message = tuple(atomOfHeader(0), atomOfHeader(1));
        AtomRefs atoms = new AtomRefs().add(3, "old").add(4, "other");
        decode(FrameBytes.firstFragment(5, 2, atoms, SEND, Arrays.copyOf(message, 3)));
        decode(FrameBytes.normal(new AtomRefs().add(3, "new"), SEND, atomOfHeader(0)));
        Frame last = decode(FrameBytes.nextFragment(5, 1, Arrays.copyOfRange(message, 3, message.length)));

        assertThat(payload(last)).isEqualTo(Term.parse("{old,other}"));
    }

    @Test
    void aFinishedSequenceMayBeUsedAgain() throws ProtocolViolation {
        for (String text : List.of("first", "second")) {
            List<byte[]> frames = FrameBytes.fragments(5, SEND, binary(text), 8);
            decode(frames.get(0));
            assertThat(payload(decode(frames.get(1)))).hasToString("<<\"" + text + "\">>");
        }
    }

    @Test
    void aMessageThatIsWantedInPartsIsPassedOnByFragment() throws ProtocolViolation {
        decoder = new FrameDecoder(
                new Capabilities(DistFlags.OURS),
                DecodeLimits.DEFAULT,
                LIMITS,
                control -> control instanceof ControlMessage.AliasSend);
        byte[] wanted = tuple(integer(33), TO_BYTES, TermBytes.reference("a@h", 1, 2));
        byte[] payload = binary("x".repeat(500));
        List<byte[]> parts = FrameBytes.fragments(1, wanted, payload, 50);
        List<byte[]> others = FrameBytes.fragments(2, SEND, binary("held together"), 8);
        EtfOutput together = new EtfOutput(0);
        for (int i = 0; i < parts.size(); i++) {
            Frame.Fragment fragment = (Frame.Fragment) decode(parts.get(i));
            assertThat(fragment.control()).isInstanceOf(ControlMessage.AliasSend.class);
            assertThat(fragment.left()).isEqualTo(parts.size() - 1 - i);
            EtfInput bytes = fragment.part().open(DecodeLimits.DEFAULT);
            together.write(bytes.bytes(), bytes.position(), bytes.remaining());
            if (i < others.size()) {
                assertThat(decode(others.get(i)) instanceof Frame.Message).isEqualTo(i == others.size() - 1);
            }
        }
        assertThat(together.toByteArray()).isEqualTo(payload);
    }

    @Test
    @Says(in = Section.HEADER, value = "Fragments are numbered downwards to 1.")
    void fragmentsOutOfOrderAreAViolation() throws ProtocolViolation {
        List<byte[]> frames = FrameBytes.fragments(5, SEND, binary("abcdef"), 3);
        assertThat(frames).hasSize(4);
        decode(frames.get(0));
        violates(frames.get(2), "fragment out of order: 2 of sequence 5 instead of 3");
    }

    @Test
    void aFragmentWithoutAFirstIsAViolation() {
        violates(FrameBytes.nextFragment(5, 1, new byte[3]), "sequence 5, of which no first fragment has arrived");
    }

    @Test
    void theFragmentIdZeroIsAViolation() throws ProtocolViolation {
        violates(FrameBytes.firstFragment(5, 0, new AtomRefs(), SEND, new byte[3]), "id 0");
        decode(FrameBytes.firstFragment(6, 2, new AtomRefs(), SEND, new byte[3]));
        violates(FrameBytes.nextFragment(6, 0, new byte[3]), "id 0");
    }

    @Test
    void anUnfinishedSequenceCannotBeginAgain() throws ProtocolViolation {
        decode(FrameBytes.firstFragment(-1, 2, new AtomRefs(), SEND, new byte[3]));
        violates(
                FrameBytes.firstFragment(-1, 2, new AtomRefs(), SEND, new byte[3]),
                "sequence 18446744073709551615, which is not complete yet");
    }

    @Test
    void fragmentsAreAViolationIfTheyWereNotNegotiated() {
        decoder = decoder(DistFlags.OURS & ~DistFlags.FRAGMENTS);
        violates(FrameBytes.firstFragment(5, 1, new AtomRefs(), SEND, atom("x")), "not negotiated");
        violates(FrameBytes.nextFragment(5, 1, new byte[1]), "not negotiated");
    }

    @Test
    void aSignalWithoutPayloadCannotBeFragmented() {
        violates(
                FrameBytes.firstFragment(5, 2, new AtomRefs(), LINK, new byte[0]),
                "fragmented signal without payload: Link");
    }

    @Test
    void tooManyOpenSequencesAreAViolationThatNamesTheLimit() throws ProtocolViolation {
        for (int sequence = 1; sequence <= 3; sequence++) {
            decode(FrameBytes.firstFragment(sequence, 2, new AtomRefs(), SEND, new byte[1]));
        }
        violates(
                FrameBytes.firstFragment(4, 2, new AtomRefs(), SEND, new byte[1]),
                "too many incomplete fragmented messages (limit 3");
        violates(
                FrameBytes.firstFragment(4, 2, new AtomRefs(), SEND, new byte[1]),
                "setting erlang.limits.fragmented-messages)");
    }

    private void anotherMessageArrives() throws ProtocolViolation {
        List<byte[]> frames = FrameBytes.fragments(77, SEND, binary("x".repeat(80)), 60);
        assertThat(decode(frames.get(0))).isEqualTo(Frame.PARTIAL);
        assertThat(payload(decode(frames.get(1)))).hasToString("<<\"" + "x".repeat(80) + "\">>");
    }

    @Test
    void aMessageAboveItsLimitFailsAlone() throws ProtocolViolation {
        Frame last = Frame.TICK;
        for (byte[] frame : FrameBytes.fragments(5, SEND, binary("x".repeat(200)), 30)) {
            last = decode(frame);
        }
        assertThat(last).isInstanceOfSatisfying(Frame.Oversized.class, oversized -> {
            assertThat(oversized.control()).isEqualTo(new ControlMessage.Send(Atom.EMPTY, TO));
            assertThat(oversized.limit())
                    .isEqualTo("a fragmented message of more than 100 bytes (setting erlang.limits.message)");
        });
        anotherMessageArrives();
    }

    /// It says who waits for an answer.
    @ParameterizedTest
    @CsvSource({"200, 30, 120", "200, 150, 150", "9000, 5000, 2048", "9000, 60, 120"})
    void theBeginOfAMessageAboveItsLimitIsKept(int size, int part, int kept) throws ProtocolViolation {
        Frame last = Frame.TICK;
        byte[] message = binary("x".repeat(size));
        for (byte[] frame : FrameBytes.fragments(5, SEND, message, part)) {
            last = decode(frame);
        }
        assertThat(last).isInstanceOfSatisfying(Frame.Oversized.class, oversized -> {
            EtfOutput head = new EtfOutput(16);
            oversized.head().appendTo(head);
            assertThat(head.toByteArray()).isEqualTo(Arrays.copyOf(message, kept));
            assertThat(oversized.head().retainedBytes()).isLessThanOrEqualTo(2048);
        });
    }

    @Test
    void theMessageThatExceedsTheTotalFailsAlone() throws ProtocolViolation {
        List<byte[]> one = FrameBytes.fragments(1, SEND, binary("a".repeat(85)), 45);
        List<byte[]> two = FrameBytes.fragments(2, SEND, binary("b".repeat(85)), 80);
        decode(one.get(0));
        decode(two.get(0));
        assertThat(payload(decode(two.get(1)))).hasToString("<<\"" + "b".repeat(85) + "\">>");
        assertThat(payload(decode(one.get(1)))).hasToString("<<\"" + "a".repeat(85) + "\">>");

        List<byte[]> three = FrameBytes.fragments(3, SEND, binary("c".repeat(85)), 80);
        List<byte[]> four = FrameBytes.fragments(4, SEND, binary("d".repeat(85)), 80);
        decode(three.get(0));
        decode(four.get(0));
        assertThat(decode(four.get(1)))
                .isInstanceOfSatisfying(
                        Frame.Oversized.class,
                        oversized -> assertThat(oversized.limit())
                                .contains("more than 150 bytes together (setting erlang.limits.fragmented)"));
        assertThat(payload(decode(three.get(1)))).hasToString("<<\"" + "c".repeat(85) + "\">>");
        anotherMessageArrives();
    }

    @Test
    void aClaimOfManyFragmentsTakesNoMemory() throws ProtocolViolation {
        assertThat(decode(FrameBytes.firstFragment(1, -1, new AtomRefs(), SEND, new byte[1])))
                .isEqualTo(Frame.PARTIAL);
        assertThat(decode(FrameBytes.nextFragment(1, -2, new byte[1]))).isEqualTo(Frame.PARTIAL);
    }

    @Test
    void randomBytesAreAViolationAndNothingElse() {
        Random random = new Random(20251);
        for (int i = 0; i < 20_000; i++) {
            byte[] tail = new byte[random.nextInt(60)];
            random.nextBytes(tail);
            byte[] frame = bytes().u8(131).u8(68 + i % 3).raw(tail).array();
            try {
                assertThat(decoder(DistFlags.OURS).decode(frame, 0, frame.length))
                        .isNotNull();
            } catch (ProtocolViolation expected) {
                assertThat(expected).message().isNotBlank();
            }
        }
    }

    @Test
    void aFlippedBitIsAViolationOrAnotherMessage() {
        byte[] whole = FrameBytes.normal(new AtomRefs().add(7, "b@h"), SEND, binary("payload"));
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(decoder(DistFlags.OURS).decode(flipped, 0, flipped.length))
                        .isNotNull();
            } catch (ProtocolViolation expected) {
                assertThat(expected).message().as(Bytes.toHex(flipped)).isNotBlank();
            }
        }
    }
}
