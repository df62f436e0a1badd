package dev.pier.erlang.connection;

import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.transport.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Splits the received bytes into frames: `length/4`, then as many bytes.
///
/// Threads. For the reader of the connection only.
///
/// Hazard. The peer chooses the length. A frame that fits into the buffer is allocated when it has arrived; memory for
/// a larger one grows with what has arrived, in doubling steps.
final class FrameReader {
    private static final int LENGTH_BYTES = 4;

    private final Transport transport;
    private final ConnectionStats stats;
    private final int maxFrame;
    private final Runnable beforeReading;
    private ByteBuffer buffer = Buffers.first().flip();

    /// Whether the last read filled the buffer.
    private boolean filled;

    /// @param beforeReading run before each read, when all complete frames have been returned
    FrameReader(Transport transport, ConnectionStats stats, int maxFrame, Runnable beforeReading) {
        this.transport = transport;
        this.stats = stats;
        this.maxFrame = maxFrame;
        this.beforeReading = beforeReading;
    }

    /// The next frame, without its length; an empty one is a tick. `null` at the end of the stream.
    byte @Nullable [] next() throws IOException {
        if (!fill(LENGTH_BYTES)) {
            if (buffer.hasRemaining()) {
                throw new EOFException("stream ended inside the length of a frame");
            }
            return null;
        }
        long length = Integer.toUnsignedLong(buffer.getInt());
        if (length > maxFrame) {
            throw new ProtocolViolation("frame too large: " + length + " bytes (limit " + maxFrame
                    + " bytes, setting erlang.limits.frame)");
        }
        return length <= Buffers.MAX_BYTES ? small((int) length) : large((int) length);
    }

    private byte[] small(int length) throws IOException {
        if (!fill(length)) {
            throw truncated(length);
        }
        byte[] frame = new byte[length];
        buffer.get(frame);
        return frame;
    }

    private byte[] large(int length) throws IOException {
        byte[] frame = new byte[Buffers.MAX_BYTES];
        int size = 0;
        while (true) {
            int chunk = Math.min(buffer.remaining(), length - size);
            if (frame.length - size < chunk) {
                frame = Arrays.copyOf(frame, (int) Math.min(length, frame.length * 2L));
                chunk = Math.min(chunk, frame.length - size);
            }
            buffer.get(frame, size, chunk);
            size += chunk;
            if (size == length) {
                return frame.length == length ? frame : Arrays.copyOf(frame, length);
            }
            if (!buffer.hasRemaining() && !fill(1)) {
                throw truncated(length);
            }
        }
    }

    /// Reads until the buffer holds at least `wanted` bytes; false if the stream ends before.
    private boolean fill(int wanted) throws IOException {
        while (buffer.remaining() < wanted) {
            buffer.compact();
            grow(wanted);
            int read;
            beforeReading.run();
            stats.reading(true);
            try {
                read = transport.read(buffer);
            } finally {
                stats.reading(false);
                buffer.flip();
            }
            if (read < 0) {
                return false;
            }
            filled = buffer.limit() == buffer.capacity();
            stats.received(read);
        }
        return true;
    }

    /// Grows the buffer for a frame that does not fit, and after a read that filled it: a larger buffer then saves
    /// reads.
    private void grow(int wanted) {
        while (Buffers.mayGrow(buffer) && (wanted > buffer.capacity() || filled)) {
            buffer = Buffers.grown(buffer);
            filled = false;
        }
    }

    private static EOFException truncated(int length) {
        return new EOFException("stream ended inside a frame of " + length + " bytes");
    }
}
