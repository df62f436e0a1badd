package dev.pier.erlang.connection;

import dev.pier.erlang.dist.ProtocolViolation;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts the stream of bytes into frames: `length/4`, then as many bytes. For the connection's reader only.
///
/// The hazard: the length is the peer's word. A frame that fits into the buffer is allocated once it is there; of a
/// larger one only as much as has arrived, in doubling steps.
final class FrameReader {
    private static final int LENGTH_BYTES = 4;

    private final Transport transport;
    private final ConnectionStats traffic;
    private final int maxFrame;
    private final Runnable beforeReading;
    private ByteBuffer buffer = Buffers.first().flip();
    private boolean filled;

    /// @param beforeReading run when all frames that have arrived as a whole have been taken
    FrameReader(Transport transport, ConnectionStats traffic, int maxFrame, Runnable beforeReading) {
        this.transport = transport;
        this.traffic = traffic;
        this.maxFrame = maxFrame;
        this.beforeReading = beforeReading;
    }

    /// The next frame, without its length; an empty one is a tick. `null` at the end of the stream.
    byte @Nullable [] next() throws IOException {
        if (!fill(LENGTH_BYTES)) {
            if (buffer.hasRemaining()) {
                throw new EOFException("the connection ended inside a frame's length");
            }
            return null;
        }
        long length = Integer.toUnsignedLong(buffer.getInt());
        if (length > maxFrame) {
            throw new ProtocolViolation(
                    "a frame of " + length + " bytes, the limit is " + maxFrame + " (setting erlang.limits.frame)");
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

    /// Reads until the buffer holds that many bytes; false if the stream ends before.
    private boolean fill(int wanted) throws IOException {
        while (buffer.remaining() < wanted) {
            buffer.compact();
            growIfFilled(wanted);
            int read;
            beforeReading.run();
            traffic.listening(true);
            try {
                read = transport.read(buffer);
            } finally {
                traffic.listening(false);
                buffer.flip();
            }
            if (read < 0) {
                return false;
            }
            filled = buffer.limit() == buffer.capacity();
            traffic.received(read);
        }
        return true;
    }

    /// A frame has to fit, and a read that filled the buffer shows that more of them would be for the better.
    private void growIfFilled(int wanted) {
        while (Buffers.mayGrow(buffer) && (wanted > buffer.capacity() || filled)) {
            buffer = Buffers.grown(buffer);
            filled = false;
        }
    }

    private static EOFException truncated(int length) {
        return new EOFException("the connection ended inside a frame of " + length + " bytes");
    }
}
