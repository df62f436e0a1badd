package dev.pier.erlang.connection;

import dev.pier.erlang.dist.EncodedSignal;
import dev.pier.erlang.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Queues the signals of one connection and writes them, as many as possible with each write.
///
/// Threads. Any thread enqueues. At most one at a time writes: the *write owner*. A thread that enqueues while
/// there is no write owner becomes it and calls [#write], because writing takes less time than waking another
/// thread. It never waits for the socket, and does not write the signals of others for long: the rest it passes
/// to the writer thread, which runs [#run] and may wait.
///
/// | `writeOwner` | who writes | a signal is enqueued | all is written | no room in the socket |
/// |---|---|---|---|---|
/// | `NONE` | no thread | `SENDER`; the caller gets `ACCEPTED_OWNER` | | |
/// | `SENDER` | the thread that got `ACCEPTED_OWNER` | stays | `NONE` | `PASSED` |
/// | `PASSED` | no thread; the writer thread wakes up: `WRITER_THREAD` | stays | | |
/// | `GATHERING` | no thread; the writer thread waits for a moment: `WRITER_THREAD` | stays | | |
/// | `WRITER_THREAD` | the writer thread | stays | `NONE`; in a burst `GATHERING` | waits for room, stays |
///
/// A sender also passes ownership on after [#MAX_BYTES_PER_SENDER]. While `writeOwner` is `NONE`, the queue is
/// empty, except for signals that were enqueued without flush, because the sender holds a lock or has more to
/// send; it becomes the write owner for them later ([#becomeOwner]).
///
/// With the first signal of a burst ([Bursts]), `NONE` becomes `GATHERING` instead. A signal then waits for up to
/// [#GATHERING_TIME] and what the kernel adds to it, about 0.1 ms together, unless a thread becomes the write owner
/// before, to flush.
///
/// Lifecycle. [#close] is final in every state: it drops what waits, later signals are refused, the write owner
/// stops at its next look at the queue, and the writer thread ends. A failed write is reported once, and leaves
/// the closing to the receiver of the report.
///
/// Hazard. The queue is bounded in bytes, so that a peer that does not read costs a known amount of memory. The
/// writer thread waits for as long as such a peer does not read; no other thread may wait for it.
final class FrameWriter implements Runnable {
    /// What became of a signal.
    enum Result {
        /// The write owner will write it. Without flush, the calling thread must call [FrameWriter#becomeOwner]
        /// later.
        ACCEPTED,
        /// The signal is in the queue, and the calling thread is the write owner: it must call
        /// [FrameWriter#write].
        ACCEPTED_OWNER,
        /// The queue is full; nothing was enqueued.
        FULL,
        /// The writer is closed; nothing was enqueued.
        CLOSED
    }

    private enum WriteOwner {
        NONE,
        SENDER,
        PASSED,
        GATHERING,
        WRITER_THREAD
    }

    /// How many bytes a sender writes before it passes ownership to the writer thread: more than a call has,
    /// and less than a delay that the sender would notice.
    private static final int MAX_BYTES_PER_SENDER = 128 << 10;

    /// How long the writer thread gathers the signals of a burst before it writes them.
    private static final Duration GATHERING_TIME = Duration.ofNanos(50_000);

    /// Signals that the protocol requires may exceed the bound by this factor.
    private static final int REQUIRED_FACTOR = 2;

    private final long maxBytes;

    /// With so many bytes in the queue, the writer thread stops gathering.
    private final long enoughBytes;

    private final Consumer<Throwable> onFailure;

    /// Guarded by `lock`.
    private final Bursts bursts;

    /// Never held during a write.
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition passed = lock.newCondition();

    private final Condition allWritten = lock.newCondition();

    /// Guarded by `lock`.
    private WriteOwner writeOwner = WriteOwner.NONE;

    /// Whether the writer thread gathers once more when it has written all. Guarded by `lock`.
    private boolean burst;

    /// Guarded by `lock`.
    private boolean closed;

    /// Enqueued, and not yet taken by the write owner. Guarded by `lock`.
    private ArrayDeque<EncodedSignal> queue = new ArrayDeque<>();

    /// Of the signals that are in the queue or are being written. Guarded by `lock`.
    private long bytes;

    /// Guarded by `lock`, as `bytes`.
    private int signals;

    /// Takes the place of the queue that is taken. For the write owner only.
    private ArrayDeque<EncodedSignal> emptyQueue = new ArrayDeque<>();

    /// For the write owner only.
    private final WriteBuffer buffer;

    /// @param maxBytes how many bytes may be in the queue or be written at once
    /// @param onFailure receives the failure of a write, on the thread of the write owner
    FrameWriter(Transport transport, ConnectionStats stats, long maxBytes, Consumer<Throwable> onFailure) {
        this(transport, stats, maxBytes, new Bursts(), onFailure);
    }

    FrameWriter(
            Transport transport, ConnectionStats stats, long maxBytes, Bursts bursts, Consumer<Throwable> onFailure) {
        this.bursts = bursts;
        this.buffer = new WriteBuffer(transport, stats);
        this.maxBytes = maxBytes;
        this.enoughBytes = Math.min(Buffers.MAX_BYTES, maxBytes) / 2;
        this.onFailure = onFailure;
    }

    long maxBytes() {
        return maxBytes;
    }

    /// Enqueues a signal, unless the bound is reached. A single signal may exceed the bound if nothing else
    /// waits.
    Result enqueue(EncodedSignal signal) {
        return enqueue(signal, maxBytes, true);
    }

    /// Enqueues a signal that the protocol requires (an answer, a cancellation), up to twice the bound.
    /// [Result#FULL] means that the peer has stopped reading, and that the connection has to end.
    Result enqueueRequired(EncodedSignal signal) {
        return enqueue(signal, maxBytes * REQUIRED_FACTOR, true);
    }

    /// As [#enqueue], without becoming the write owner.
    Result enqueueWithoutFlush(EncodedSignal signal) {
        return enqueue(signal, maxBytes, false);
    }

    /// As [#enqueueRequired], without becoming the write owner.
    Result enqueueRequiredWithoutFlush(EncodedSignal signal) {
        return enqueue(signal, maxBytes * REQUIRED_FACTOR, false);
    }

    /// Enqueues a tick, unless a signal waits, which shows the peer as well that this node is alive. A signal
    /// that was enqueued without flush is then written at the latest.
    Result enqueueTick() {
        lock.lock();
        try {
            if (signals == 0) {
                return enqueue(EncodedSignal.tick(), maxBytes, true);
            }
            return becomeOwner() ? Result.ACCEPTED_OWNER : Result.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    private Result enqueue(EncodedSignal signal, long bound, boolean flush) {
        lock.lock();
        try {
            if (closed) {
                return Result.CLOSED;
            }
            if (bytes > 0 && bytes + signal.size() > bound) {
                return Result.FULL;
            }
            queue.add(signal);
            bytes += signal.size();
            signals++;
            if (writeOwner == WriteOwner.GATHERING && bytes >= enoughBytes) {
                passed.signal();
            }
            if (!flush || writeOwner != WriteOwner.NONE) {
                return Result.ACCEPTED;
            }
            if (bursts.beginWith()) {
                burst = true;
                writeOwner = WriteOwner.GATHERING;
                passed.signal();
                return Result.ACCEPTED;
            }
            writeOwner = WriteOwner.SENDER;
            return Result.ACCEPTED_OWNER;
        } finally {
            lock.unlock();
        }
    }

    /// Makes the calling thread the write owner if signals wait and no thread is about to write them: there is no
    /// write owner, or the writer thread gathers.
    ///
    /// @return whether the calling thread is the write owner now, and must call [#write]
    boolean becomeOwner() {
        lock.lock();
        try {
            boolean free = writeOwner == WriteOwner.NONE || writeOwner == WriteOwner.GATHERING;
            if (queue.isEmpty() || !free) {
                return false;
            }
            burst = false;
            writeOwner = WriteOwner.SENDER;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Writes on the calling thread, which must be the write owner, and gives up the ownership. Never waits.
    void write() {
        try {
            long written = 0;
            while (fillBuffer()) {
                written += buffer.write();
                if (buffer.hasBytes() || written > MAX_BYTES_PER_SENDER) {
                    passToWriterThread();
                    return;
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    /// The writer thread: writes what senders pass on and what it gathers, until the writer is closed or a write
    /// fails.
    @Override
    public void run() {
        try {
            while (awaitOwnership()) {
                while (fillBuffer()) {
                    buffer.write();
                    while (buffer.hasBytes()) {
                        buffer.awaitRoom();
                        buffer.write();
                    }
                }
            }
        } catch (InterruptedException | IOException | RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    /// Takes all that is in the queue, and fills the buffer. For the write owner only.
    ///
    /// @return false if there is nothing to write; then the calling thread is no longer the write owner
    private boolean fillBuffer() {
        ArrayDeque<EncodedSignal> taken;
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            bytes -= buffer.takeWrittenBytes();
            signals -= buffer.takeWrittenSignals();
            if (signals == 0) {
                allWritten.signalAll();
            }
            if (queue.isEmpty() && buffer.isEmpty()) {
                writeOwner = burst ? WriteOwner.GATHERING : WriteOwner.NONE;
                return false;
            }
            taken = queue;
            queue = emptyQueue;
        } finally {
            lock.unlock();
        }
        taken.forEach(buffer::add);
        taken.clear();
        emptyQueue = taken;
        buffer.fill();
        return true;
    }

    /// For the write owner only, if it is a sender.
    private void passToWriterThread() {
        lock.lock();
        try {
            writeOwner = WriteOwner.PASSED;
            passed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a sender passes the ownership to the writer thread, or the signals of a burst are gathered. The
    /// writer thread is the write owner then.
    ///
    /// @return false once the writer is closed
    private boolean awaitOwnership() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                switch (writeOwner) {
                    case PASSED -> {
                        writeOwner = WriteOwner.WRITER_THREAD;
                        return true;
                    }
                    case GATHERING -> gather();
                    case NONE, SENDER, WRITER_THREAD -> passed.await();
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for more signals, unless another thread becomes the write owner meanwhile. To be called with the lock.
    private void gather() throws InterruptedException {
        long left = GATHERING_TIME.toNanos();
        while (left > 0 && writeOwner == WriteOwner.GATHERING && bytes < enoughBytes && !closed) {
            left = passed.awaitNanos(left);
        }
        if (writeOwner == WriteOwner.GATHERING) {
            burst = bursts.goOnAfter(queue.size());
            writeOwner = WriteOwner.PASSED;
        }
    }

    /// Waits until no signal is in the queue or being written, or the writer is closed.
    void awaitAllWritten(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long left = timeout.toNanos();
            while (signals > 0 && left > 0) {
                left = allWritten.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// How many signals are in the queue or are being written.
    int depth() {
        lock.lock();
        try {
            return signals;
        } finally {
            lock.unlock();
        }
    }

    /// How many bytes these signals have.
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /// Refuses all later signals, drops those that wait, and ends the writer thread. Idempotent.
    void close() {
        lock.lock();
        try {
            closed = true;
            queue.clear();
            bytes = 0;
            signals = 0;
            passed.signalAll();
            allWritten.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
