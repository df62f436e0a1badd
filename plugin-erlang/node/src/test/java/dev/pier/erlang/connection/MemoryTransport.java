package dev.pier.erlang.connection;

import dev.pier.erlang.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;

/// A transport without a network. Tests feed what is read, inspect what is written, and can stall the writer.
final class MemoryTransport implements Transport {
    private static final byte[] END = {};

    private final LinkedBlockingQueue<byte[]> inbound = new LinkedBlockingQueue<>();

    /// For the reader only.
    private ByteBuffer current = ByteBuffer.allocate(0);

    /// Guards the fields that follow.
    private final Object lock = new Object();

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int room = Integer.MAX_VALUE;
    private boolean stalled;
    private boolean closed;
    private int writes;

    /// Makes bytes available to the reader, in one piece.
    void feed(byte... bytes) {
        inbound.add(bytes.clone());
    }

    /// Ends the stream after the bytes that were fed.
    void feedEnd() {
        inbound.add(END);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!current.hasRemaining()) {
            try {
                byte[] next = inbound.take();
                if (next.length == 0) {
                    if (isClosed()) {
                        throw new IOException("closed");
                    }
                    return -1;
                }
                current = ByteBuffer.wrap(next);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        int length = Math.min(into.remaining(), current.remaining());
        into.put(current.array(), current.position(), length);
        current.position(current.position() + length);
        return length;
    }

    @Override
    public void writeWhatFits(ByteBuffer from) throws IOException {
        synchronized (lock) {
            if (closed) {
                throw new IOException("closed");
            }
            if (stalled) {
                return;
            }
            writes++;
            byte[] bytes = new byte[Math.min(from.remaining(), room)];
            from.get(bytes);
            written.writeBytes(bytes);
        }
    }

    @Override
    public void awaitRoom() throws IOException {
        synchronized (lock) {
            while (stalled && !closed) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        }
    }

    /// Limits how many bytes each write takes.
    void room(int bytes) {
        synchronized (lock) {
            room = bytes;
        }
    }

    /// Leaves no room for writes, as a peer that does not read.
    void stall(boolean stall) {
        synchronized (lock) {
            stalled = stall;
            lock.notifyAll();
        }
    }

    byte[] written() {
        synchronized (lock) {
            return written.toByteArray();
        }
    }

    int writes() {
        synchronized (lock) {
            return writes;
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        inbound.add(END);
    }
}
