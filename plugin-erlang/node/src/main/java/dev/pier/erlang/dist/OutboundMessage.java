package dev.pier.erlang.dist;

import dev.pier.erlang.etf.Tag;
import java.nio.ByteBuffer;
import java.util.Collection;

/// A message on its way out: one frame, or a number of fragments that are cut when they are asked for, so that
/// ticks and other messages find a place between them.
///
/// Used by one thread at a time: by the one that encodes it, then by the one that writes it.
///
/// The hazard: messages of one sender stay in order only if this one has been written wholly before the sender's
/// next.
public final class OutboundMessage {
    /// How much payload a fragment carries; a longer payload is split. The same as Erlang's.
    static final int FRAGMENT_BYTES = 64 * 1024;

    private static final int LENGTH_BYTES = 4;
    /// What [FrameEncoder] puts in front of the control message of one whole frame: length, 131, 68, 0.
    private static final int WHOLE_HEAD = LENGTH_BYTES + 3;

    private static final int FIRST_HEAD = 2 + 8 + 8 + 1;
    private static final int NEXT_HEAD = 2 + 8 + 8;

    private final byte[] bytes;
    private final int size;
    private final long sequence;
    private int position;
    private int end;
    private long fragmentsLeft;

    private OutboundMessage(byte[] bytes, int size, int position, int end, long sequence, long fragments) {
        this.bytes = bytes;
        this.size = size;
        this.position = position;
        this.end = end;
        this.sequence = sequence;
        this.fragmentsLeft = fragments;
    }

    /// @param bytes a frame with its length
    static OutboundMessage whole(byte[] bytes, int size) {
        return new OutboundMessage(bytes, size, 0, size, 0, 0);
    }

    /// @param bytes a frame with a header and without a valid length
    static OutboundMessage fragmented(byte[] bytes, int size, int payloadStart, long sequence) {
        long fragments = Math.ceilDiv(size - payloadStart, FRAGMENT_BYTES);
        return new OutboundMessage(bytes, size, WHOLE_HEAD, payloadStart + FRAGMENT_BYTES, sequence, fragments);
    }

    /// About how many bytes of memory it holds, for the bound of a queue.
    public int size() {
        return size;
    }

    /// Adds the bytes of the next frame, its length included, to what is to be written.
    ///
    /// @return whether there is another frame after this one
    public boolean addNextFrame(Collection<? super ByteBuffer> write) {
        if (fragmentsLeft > 0) {
            write.add(fragmentHead());
            fragmentsLeft--;
        }
        write.add(ByteBuffer.wrap(bytes, position, end - position));
        position = end;
        end = Math.min(size, end + FRAGMENT_BYTES);
        return fragmentsLeft > 0;
    }

    // SPEC: erl_ext_dist, Distribution Header for fragmented messages.
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
