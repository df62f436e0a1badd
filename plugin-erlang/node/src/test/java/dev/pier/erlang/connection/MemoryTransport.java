package dev.pier.erlang.connection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;

/// A transport without a network: tests feed what is read, look at what is written, and can stall the writer.
final class MemoryTransport implements Transport {
    private static final byte[] END = {};

    private final LinkedBlockingQueue<byte[]> inbound = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private ByteBuffer current = ByteBuffer.allocate(0);
    private int room = Integer.MAX_VALUE;
    private boolean stalled;
    private boolean closed;
    private int writes;

    /// Makes bytes available to the reader, in one piece.
    void feed(byte... bytes) {
        inbound.add(bytes.clone());
    }

    /// Makes the stream end after what was fed.
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
    public synchronized void writeWhatFits(ByteBuffer from) throws IOException {
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

    @Override
    public synchronized void awaitRoom() throws IOException {
        while (stalled && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /// Has each write take only so many bytes.
    synchronized void room(int bytes) {
        room = bytes;
    }

    /// Leaves no room for writes, as when the peer does not read.
    synchronized void stall(boolean stall) {
        stalled = stall;
        notifyAll();
    }

    synchronized byte[] written() {
        return written.toByteArray();
    }

    synchronized int writes() {
        return writes;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        inbound.add(END);
    }
}
