package dev.pier.erlang.dist;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import dev.pier.erlang.testing.TermBytes;
import org.junit.jupiter.api.Test;

/// The memory that frames and incomplete messages keep counts, not the bytes of their payloads alone.
class FrameMemoryTest {
    private static final Pid TO = new Pid(Atom.of("b@h"), 4, 5, 6);
    private static final byte[] TO_BYTES = TermBytes.pid("b@h", 4, 5, 6);
    private static final byte[] SEND = tuple(integer(2), atom(""), TO_BYTES);

    private FrameDecoder decoder = decoder(new FragmentLimits(3, 100, 150));

    private static FrameDecoder decoder(FragmentLimits limits) {
        return new FrameDecoder(new Capabilities(DistFlags.OURS), DecodeLimits.DEFAULT, limits);
    }

    private Frame decode(byte[] frame) throws ProtocolViolation {
        return decoder.decode(frame, 0, frame.length);
    }

    /// A spawn request with so many bytes of options.
    private static byte[] spawnRequest(int optionBytes) {
        byte[] option = binary("o".repeat(optionBytes));
        return tuple(
                integer(29),
                TermBytes.reference("a@h", 1, 2),
                TO_BYTES,
                TO_BYTES,
                tuple(atom("m"), atom("f"), integer(0)),
                TermBytes.list(option));
    }

    @Test
    void theControlMessagesOfIncompleteMessagesCount() throws ProtocolViolation {
        decode(FrameBytes.firstFragment(1, 2, new AtomRefs(), spawnRequest(5_000), new byte[1]));
        assertThat(decode(FrameBytes.nextFragment(1, 1, new byte[1])))
                .isInstanceOfSatisfying(Frame.Oversized.class, oversized -> {
                    assertThat(oversized.limit()).contains("setting erlang.limits.message)");
                    assertThat(oversized.control())
                            .isInstanceOfSatisfying(
                                    ControlMessage.SpawnRequest.class,
                                    // Even these would stay in memory until the last fragment.
                                    request -> assertThat(request.options()).isEmpty());
                });
        decode(FrameBytes.firstFragment(2, 2, new AtomRefs(), spawnRequest(200), new byte[1]));
        assertThat(decode(FrameBytes.nextFragment(2, 1, new byte[1]))).isInstanceOf(Frame.Message.class);
        assertThat(decode(FrameBytes.normal(SEND, atom("hello")))).isInstanceOf(Frame.Message.class);
    }

    @Test
    void theControlMessagesOfAllIncompleteMessagesCountTogether() throws ProtocolViolation {
        decoder = decoder(new FragmentLimits(1000, 20_000, 100_000));
        int discarded = 0;
        for (int i = 1; i <= 20; i++) {
            decode(FrameBytes.firstFragment(i, 2, new AtomRefs(), spawnRequest(10_000), new byte[1]));
        }
        for (int i = 1; i <= 20; i++) {
            discarded += decode(FrameBytes.nextFragment(i, 1, new byte[1])) instanceof Frame.Oversized ? 1 : 0;
        }
        assertThat(discarded).isEqualTo(9);
    }

    @Test
    void theAtomsOfIncompleteMessagesCount() throws ProtocolViolation {
        AtomRefs atoms = new AtomRefs();
        for (int i = 0; i < 255; i++) {
            atoms.add(i, "atom_" + i);
        }
        decode(FrameBytes.firstFragment(1, 2, atoms, SEND, new byte[1]));
        assertThat(decode(FrameBytes.nextFragment(1, 1, new byte[1]))).isInstanceOf(Frame.Oversized.class);
    }

    @Test
    void hugeTermsInControlMessagesAreNotDecoded() throws ProtocolViolation {
        byte[] huge = new byte[2 << 20];
        byte[] exit = tuple(integer(3), TO_BYTES, TO_BYTES, binary(huge));
        assertThat(decode(FrameBytes.normal(exit)))
                .isInstanceOfSatisfying(
                        Frame.Message.class,
                        message -> assertThat(message.control())
                                .isEqualTo(new ControlMessage.Exit(TO, TO, Atom.of("unreadable_reason"))));
        assertThat(decode(FrameBytes.normal(spawnRequest(2 << 20), TermBytes.nil())))
                .isInstanceOfSatisfying(
                        Frame.Message.class,
                        message -> assertThat(((ControlMessage.SpawnRequest) message.control()).options())
                                .containsExactly(Atom.of("system_limit")));
    }

    @Test
    void aSmallPayloadDoesNotKeepALargeFrame() throws ProtocolViolation {
        byte[] unused = binary(new byte[1 << 20]);
        byte[] frame = FrameBytes.normal(tuple(integer(6), TO_BYTES, unused, atom("name")), binary("small"));
        assertThat(decode(frame))
                .isInstanceOfSatisfying(
                        Frame.Message.class,
                        message -> assertThat(message.payload().retainedBytes()).isLessThan(100));
    }
}
