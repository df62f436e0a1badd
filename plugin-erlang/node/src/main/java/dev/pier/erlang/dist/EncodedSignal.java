package dev.pier.erlang.dist;

import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.nio.ByteBuffer;
import java.util.Collection;

/// An encoded signal on its way out: one frame, or several fragments. Fragments are cut when they are written,
/// so that ticks and other signals can go between them.
///
/// Threads. One at a time: the thread that encodes it, then the write owner of the connection.
///
/// Hazard. The signals of one sender stay in order only if this one is written completely before the next one
/// of the same sender.
public final class EncodedSignal {
    /// How many bytes of payload a fragment carries; a longer payload is split. SEEN: OTP 25, which splits at
    /// the same length.
    static final int FRAGMENT_BYTES = 64 * 1024;

    private static final int LENGTH_BYTES = 4;
    /// What [FrameEncoder] writes before the control message of an unfragmented frame: length, 131, 68, 0.
    private static final int WHOLE_HEAD = LENGTH_BYTES + 3;

    private static final int FIRST_HEAD = 2 + 8 + 8 + 1;
    private static final int NEXT_HEAD = 2 + 8 + 8;

    private static final Pid NO_SENDER = new Pid(Atom.EMPTY, 0, 0, 0);

    private final Pid sender;
    private final byte[] bytes;
    private final int size;
    private final long sequence;
    private int position;
    private int end;
    private long fragmentsLeft;

    private EncodedSignal(
            Pid sender, byte[] bytes, int size, int position, int end, long sequence, long fragmentsLeft) {
        this.sender = sender;
        this.bytes = bytes;
        this.size = size;
        this.position = position;
        this.end = end;
        this.sequence = sequence;
        this.fragmentsLeft = fragmentsLeft;
    }

    /// The frame without content, which shows the peer that this node is alive.
    ///
    /// OTP: inet_tcp_dist.erl:tick, which sends an empty packet.
    public static EncodedSignal tick() {
        return whole(NO_SENDER, new byte[LENGTH_BYTES], LENGTH_BYTES);
    }

    /// @param bytes a frame with its length
    static EncodedSignal whole(Pid sender, byte[] bytes, int size) {
        return new EncodedSignal(sender, bytes, size, 0, size, 0, 0);
    }

    /// @param bytes a frame with a header; the four bytes of its length are not used
    static EncodedSignal fragmented(Pid sender, byte[] bytes, int size, int payloadStart, long sequence) {
        long fragments = Math.ceilDiv(size - payloadStart, FRAGMENT_BYTES);
        return new EncodedSignal(sender, bytes, size, WHOLE_HEAD, payloadStart + FRAGMENT_BYTES, sequence, fragments);
    }

    /// The process that sends the signal. The signals of one sender never overtake each other.
    public Pid sender() {
        return sender;
    }

    /// About how many bytes of memory the signal occupies, for the bound of a queue.
    public int size() {
        return size;
    }

    /// Adds the bytes of the next frame, its length included.
    ///
    /// @return whether another frame follows
    public boolean addNextFrame(Collection<? super ByteBuffer> frame) {
        if (fragmentsLeft > 0) {
            frame.add(fragmentHead());
            fragmentsLeft--;
        }
        frame.add(ByteBuffer.wrap(bytes, position, end - position));
        position = end;
        end = Math.min(size, end + FRAGMENT_BYTES);
        return fragmentsLeft > 0;
    }

    /// SPEC: erl_ext_dist, Distribution Header for fragmented messages: all atoms are in the first fragment;
    /// ids count down to 1.
    private ByteBuffer fragmentHead() {
        boolean first = position == WHOLE_HEAD;
        int headLength = first ? FIRST_HEAD : NEXT_HEAD;
        ByteBuffer head = ByteBuffer.allocate(LENGTH_BYTES + headLength)
                .putInt(headLength + end - position)
                .put((byte) Tag.VERSION)
                .put((byte) (first ? FrameDecoder.FIRST_FRAGMENT : FrameDecoder.NEXT_FRAGMENT))
                .putLong(sequence)
                .putLong(fragmentsLeft);
        if (first) {
            head.put((byte) 0); // no atoms
        }
        return head.flip();
    }
}
