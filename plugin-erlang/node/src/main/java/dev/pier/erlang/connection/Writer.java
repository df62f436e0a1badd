package dev.pier.erlang.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes what the queue holds: all of it in one write where it fits.
///
/// Whoever queues something while nobody writes, writes it at once ([#write]): waking another thread for it takes
/// longer than the write. That thread never waits, and does not do others' work for long; what is left then is for the
/// connection's own thread, which [#run] is. The queue says whose turn it is, and hands the fields on with it.
///
/// The hazard: the connection's own thread waits for as long as the peer does not read. Nothing else may wait for it.
final class Writer implements Runnable {
    /// How much the thread of one sender writes before others have to go on: more than a call takes, and less than
    /// anybody would notice.
    private static final int SHARE_BYTES = 128 << 10;

    private final Transport transport;
    private final OutboundQueue queue;
    private final ConnectionStats traffic;
    private final Consumer<Throwable> onFailure;
    private final WriteOrder order = new WriteOrder();
    private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>(2);
    private ArrayDeque<Outbound> fresh = new ArrayDeque<>();
    private ByteBuffer buffer = Buffers.first();
    private int framesInBuffer;

    /// Of the signals that have gone into the buffer as a whole since the queue was last told.
    private long bytesDone;

    private int signalsDone;

    /// The signal whose last frame has been taken up. A piece of it may still wait for room in the buffer.
    private @Nullable Outbound last;

    /// @param onFailure told once if writing fails
    Writer(Transport transport, OutboundQueue queue, ConnectionStats traffic, Consumer<Throwable> onFailure) {
        this.transport = transport;
        this.queue = queue;
        this.traffic = traffic;
        this.onFailure = onFailure;
    }

    /// Writes on the calling thread, whose turn it is, for as long as that takes no waiting and little time.
    void write() {
        try {
            for (long written = 0; fill(); ) {
                int bytes = flush();
                written += bytes;
                if (buffer.position() > 0 || written > SHARE_BYTES) {
                    queue.handOver();
                    return;
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    @Override
    public void run() {
        try {
            while (queue.awaitTurn()) {
                while (fill()) {
                    flush();
                    while (buffer.position() > 0) {
                        transport.awaitRoom();
                        flush();
                    }
                }
            }
        } catch (InterruptedException | IOException | RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    /// Puts into the buffer what is to go next, as much as it can hold.
    ///
    /// @return false if there is nothing; then the turn has ended, and with it the right to touch a field
    private boolean fill() {
        long bytes = 0;
        int signals = 0;
        if (buffer.position() == 0) {
            bytes = bytesDone;
            signals = signalsDone;
            bytesDone = 0;
            signalsDone = 0;
        }
        boolean left = buffer.position() > 0 || !pieces.isEmpty() || !order.isEmpty();
        ArrayDeque<Outbound> taken = queue.takeAll(fresh, left, bytes, signals);
        if (taken == null) {
            return false;
        }
        fresh = taken;
        fresh.forEach(order::add);
        fresh.clear();
        for (ByteBuffer piece = nextPiece(); piece != null; piece = nextPiece()) {
            put(piece);
            if (piece.hasRemaining()) {
                pieces.addFirst(piece);
                break;
            }
        }
        return true;
    }

    /// Everything that is small, then one fragment of each large signal in turn, so that neither waits for the other.
    private @Nullable ByteBuffer nextPiece() {
        if (pieces.isEmpty()) {
            countLast();
            Outbound signal = order.nextReady();
            if (signal == null) {
                signal = order.nextUnfinished();
            }
            if (signal != null) {
                addFrame(signal);
            }
        }
        return pieces.poll();
    }

    private void addFrame(Outbound signal) {
        boolean more = signal.addNextFrame(pieces);
        framesInBuffer++;
        last = more ? null : signal;
        order.written(signal, more);
    }

    /// All of it is in the buffer now. While more waits than that holds, a piece is left over each time; counted
    /// before,
    /// its signal would keep back the room of all others.
    private void countLast() {
        if (last != null) {
            bytesDone += last.size();
            signalsDone++;
            last = null;
        }
    }

    private void put(ByteBuffer piece) {
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

    /// @return how many bytes found room
    private int flush() throws IOException {
        int bytes = buffer.flip().remaining();
        try {
            transport.writeWhatFits(buffer);
        } finally {
            bytes -= buffer.remaining();
            buffer.compact();
        }
        boolean all = buffer.position() == 0;
        traffic.sent(bytes, all ? framesInBuffer : 0);
        framesInBuffer = all ? 0 : framesInBuffer;
        return bytes;
    }
}
