package dev.pier.erlang.connection;

import dev.pier.erlang.dist.EncodedSignal;
import dev.pier.erlang.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Gathers the frames of the signals to be written in one buffer, in the order that [WriteOrder] decides.
///
/// Threads. For the write owner of [FrameWriter] only, whose lock hands all fields on to the next owner.
final class WriteBuffer {
    private final Transport transport;
    private final ConnectionStats stats;
    private final WriteOrder order = new WriteOrder();

    /// The rest of the frame that is being copied into the buffer.
    private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>(2);

    /// Its bytes up to `position` wait to be written.
    private ByteBuffer buffer = Buffers.first();

    private int framesInBuffer;

    /// The signal whose last frame is being copied into the buffer.
    private @Nullable EncodedSignal last;

    /// Of the signals that have been copied as a whole since the writer last asked.
    private long copiedBytes;

    private int copiedSignals;

    WriteBuffer(Transport transport, ConnectionStats stats) {
        this.transport = transport;
        this.stats = stats;
    }

    void add(EncodedSignal signal) {
        order.add(signal);
    }

    /// Whether bytes wait in the buffer itself.
    boolean hasBytes() {
        return buffer.position() > 0;
    }

    /// Whether all signals that were added have been written.
    boolean isEmpty() {
        return !hasBytes() && pieces.isEmpty() && order.isEmpty();
    }

    /// How many bytes the signals have that have been written since the last call.
    long takeWrittenBytes() {
        if (hasBytes()) {
            return 0;
        }
        long written = copiedBytes;
        copiedBytes = 0;
        return written;
    }

    /// How many signals have been written since the last call.
    int takeWrittenSignals() {
        if (hasBytes()) {
            return 0;
        }
        int written = copiedSignals;
        copiedSignals = 0;
        return written;
    }

    /// Copies frames into the buffer, as many as it can hold.
    void fill() {
        for (ByteBuffer piece = nextPiece(); piece != null; piece = nextPiece()) {
            copy(piece);
            if (piece.hasRemaining()) {
                pieces.addFirst(piece);
                return;
            }
        }
    }

    /// Writes as much of the buffer as the socket has room for.
    ///
    /// @return how many bytes that was
    int write() throws IOException {
        int bytes = buffer.flip().remaining();
        try {
            transport.writeWhatFits(buffer);
        } finally {
            bytes -= buffer.remaining();
            buffer.compact();
        }
        boolean all = !hasBytes();
        stats.sent(bytes, all ? framesInBuffer : 0);
        framesInBuffer = all ? 0 : framesInBuffer;
        return bytes;
    }

    /// Waits until the socket may have room.
    void awaitRoom() throws IOException {
        transport.awaitRoom();
    }

    /// First all signals of one frame, then one fragment of each large signal in turn, so that neither wait for
    /// the other.
    private @Nullable ByteBuffer nextPiece() {
        if (pieces.isEmpty()) {
            countLast();
            EncodedSignal signal = order.nextReady();
            if (signal == null) {
                signal = order.nextUnfinished();
            }
            if (signal != null) {
                addFrame(signal);
            }
        }
        return pieces.poll();
    }

    private void addFrame(EncodedSignal signal) {
        boolean more = signal.addNextFrame(pieces);
        framesInBuffer++;
        last = more ? null : signal;
        order.written(signal, more);
    }

    /// A signal counts once all of it is in the buffer. While more waits than the buffer holds, a piece is
    /// always left; if signals counted only after their last write, that piece would occupy the room of all
    /// signals before it.
    private void countLast() {
        if (last != null) {
            copiedBytes += last.size();
            copiedSignals++;
            last = null;
        }
    }

    private void copy(ByteBuffer piece) {
        while (piece.hasRemaining()) {
            if (!buffer.hasRemaining()) {
                if (!Buffers.mayGrow(buffer)) {
                    return;
                }
                buffer = Buffers.grown(buffer);
            }
            int chunk = Math.min(piece.remaining(), buffer.remaining());
            buffer.put(buffer.position(), piece, piece.position(), chunk);
            buffer.position(buffer.position() + chunk);
            piece.position(piece.position() + chunk);
        }
    }
}
