package dev.pier.erlang.connection;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/// Writes what the queue holds: all of it in one write where it fits. One thread of its own runs it for as long as
/// the connection lives.
///
/// The hazard: a write waits for as long as the peer does not read. Nothing else may wait for this thread.
final class Writer implements Runnable {
    private final Transport transport;
    private final OutboundQueue queue;
    private final Traffic traffic;
    private final Consumer<Throwable> onFailure;
    private final WriteOrder order = new WriteOrder();
    private ByteBuffer buffer = Buffers.first();
    private final List<ByteBuffer> pieces = new ArrayList<>(2);
    private int framesInBuffer;
    private long bytesDone;
    private int signalsDone;

    /// @param onFailure told once if writing fails
    Writer(Transport transport, OutboundQueue queue, Traffic traffic, Consumer<Throwable> onFailure) {
        this.transport = transport;
        this.queue = queue;
        this.traffic = traffic;
        this.onFailure = onFailure;
    }

    @Override
    public void run() {
        try {
            Queue<Outbound> fresh = new ArrayDeque<>();
            while (true) {
                Boolean tick = queue.takeAll(fresh, order.isEmpty());
                if (tick == null) {
                    return;
                }
                if (tick) {
                    putTick();
                }
                fresh.forEach(order::add);
                fresh.clear();
                writeRound();
            }
        } catch (InterruptedException | IOException | RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    /// Everything that is small, then one fragment of each large signal, so that neither waits for the other.
    private void writeRound() throws IOException {
        for (Outbound signal = order.nextReady(); signal != null; signal = order.nextReady()) {
            putFrame(signal);
        }
        for (int turns = order.unfinishedCount(); turns > 0; turns--) {
            putFrame(requireNonNull(order.nextUnfinished()));
        }
        flush();
    }

    private void putFrame(Outbound signal) throws IOException {
        boolean more = signal.addNextFrame(pieces);
        for (ByteBuffer piece : pieces) {
            put(piece);
        }
        pieces.clear();
        framesInBuffer++;
        if (!more) {
            bytesDone += signal.size();
            signalsDone++;
        }
        order.written(signal, more);
    }

    private void put(ByteBuffer piece) throws IOException {
        while (piece.hasRemaining()) {
            if (!buffer.hasRemaining()) {
                makeRoom();
            }
            int chunk = Math.min(piece.remaining(), buffer.remaining());
            buffer.put(buffer.position(), piece, piece.position(), chunk);
            buffer.position(buffer.position() + chunk);
            piece.position(piece.position() + chunk);
        }
    }

    private void makeRoom() throws IOException {
        if (Buffers.mayGrow(buffer)) {
            buffer = Buffers.grown(buffer);
        } else {
            flush();
        }
    }

    /// A tick is an empty frame: a length of zero.
    private void putTick() {
        buffer.putInt(0);
        framesInBuffer++;
    }

    private void flush() throws IOException {
        int bytes = buffer.flip().remaining();
        try {
            transport.write(buffer);
        } finally {
            buffer.clear();
        }
        traffic.sent(bytes, framesInBuffer);
        framesInBuffer = 0;
        if (signalsDone > 0) {
            queue.written(bytesDone, signalsDone);
            bytesDone = 0;
            signalsDone = 0;
        }
    }
}
