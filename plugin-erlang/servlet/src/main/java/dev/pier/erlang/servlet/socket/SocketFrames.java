package dev.pier.erlang.servlet.socket;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The frames of a client as bytes that Erlang reads. `pier_mount.erl` describes them.
///
/// Bounds: a frame is taken while fewer than 64 KiB wait; the caller waits otherwise, so that the client is slowed.
///
/// *Threads.* Any thread adds frames, one reads.
final class SocketFrames extends InputStream {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int PONG = 10;

    private static final int CLOSE = 8;
    private static final int HEAD_BYTES = 5;
    private static final int MAX_WAITING = 64 << 10;
    private static final long PROBE_MILLIS = 400;

    private final Runnable probe;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /// Guarded by `lock`, as the next three.
    private final Queue<ByteBuffer> waiting = new ArrayDeque<>();

    private int bytes;

    /// Whether the last frame has been added.
    private boolean ended;

    private boolean closed;

    /// @param probe called every 400 ms while a frame waits for room: nothing is read from the client then, so only a
    ///     write shows that it has left
    SocketFrames(Runnable probe) {
        this.probe = probe;
    }

    /// Adds a frame, and waits for room before. Without effect after the end.
    void add(int opcode, ByteBuffer payload) throws InterruptedException {
        ByteBuffer frame = ByteBuffer.allocate(HEAD_BYTES + payload.remaining());
        frame.put((byte) opcode).putInt(payload.remaining()).put(payload).flip();
        while (!offer(frame)) {
            probe.run();
        }
    }

    private boolean offer(ByteBuffer frame) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(PROBE_MILLIS);
            while (bytes >= MAX_WAITING && !ended && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (ended || closed) {
                return true;
            }
            if (bytes >= MAX_WAITING) {
                return false;
            }
            append(frame);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Adds the close frame, behind all frames that wait. Never waits.
    void end(int code, String text) {
        byte[] reason = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(HEAD_BYTES + 2 + reason.length);
        frame.put((byte) CLOSE)
                .putInt(2 + reason.length)
                .putShort((short) code)
                .put(reason)
                .flip();
        lock.lock();
        try {
            if (!ended) {
                append(frame);
                ended = true;
            }
        } finally {
            lock.unlock();
        }
    }

    private void append(ByteBuffer frame) {
        waiting.add(frame);
        bytes += frame.remaining();
        changed.signalAll();
    }

    @Override
    public int read() {
        throw new UnsupportedOperationException("frames are read in parts");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws InterruptedIOException {
        try {
            lock.lockInterruptibly();
            try {
                ByteBuffer first = waiting.peek();
                while (first == null) {
                    if (ended || closed) {
                        return -1;
                    }
                    changed.await();
                    first = waiting.peek();
                }
                return take(first, target, offset, length);
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private int take(@Nullable ByteBuffer first, byte[] target, int offset, int length) {
        int taken = 0;
        for (ByteBuffer next = first; next != null && taken < length; next = waiting.peek()) {
            int part = Math.min(length - taken, next.remaining());
            next.get(target, offset + taken, part);
            taken += part;
            if (!next.hasRemaining()) {
                waiting.remove();
            }
        }
        bytes -= taken;
        changed.signalAll();
        return taken;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            bytes = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
