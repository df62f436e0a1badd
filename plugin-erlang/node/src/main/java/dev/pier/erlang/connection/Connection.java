package dev.pier.erlang.connection;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.EncodedSignal;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.transport.TlsInfo;
import dev.pier.erlang.transport.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One connection to a peer after its handshake.
///
/// Threads. Any thread may send and close. The connection has two threads: the reader, and the writer thread
/// for what senders cannot write at once. Ticks come from the node's timer.
///
/// Lifecycle. It ends once, for the first reason that occurs; [InboundHandler#ended] receives this reason after
/// the last signal.
public final class Connection {
    private final String name;
    private final Transport transport;
    private final Capabilities capabilities;
    private final ConnectionSettings settings;
    private final InboundHandler handler;
    private final ConnectionStats stats = new ConnectionStats();
    private final FrameWriter writer;
    private final AtomicReference<@Nullable Disconnect> disconnect = new AtomicReference<>();
    private final CompletableFuture<Void> endReported = new CompletableFuture<>();
    private volatile @Nullable ScheduledFuture<?> ticking;
    private volatile @Nullable Thread reading;
    private volatile @Nullable Thread writing;

    /// Whether a required signal found no room. Then [#flush] ends the connection.
    private volatile boolean requiredFoundNoRoom;

    /// Whether the reader has enqueued signals without flush. For the reader only.
    private boolean flushBeforeRead;

    /// @param name for threads and logs: `web@host-backend@host`
    public Connection(
            String name,
            Transport transport,
            Capabilities capabilities,
            ConnectionSettings settings,
            InboundHandler handler) {
        this.name = name;
        this.transport = transport;
        this.capabilities = capabilities;
        this.settings = settings;
        this.handler = handler;
        this.writer = new FrameWriter(transport, stats, settings.maxQueued(), failure -> end(cause(failure)));
    }

    /// Starts reading, writing and ticking. A connection that cannot be started ends, and reports that.
    public void start(ThreadFactory threads, ScheduledExecutorService timer) {
        try {
            Duration interval = TickMonitor.interval(settings.netTickTime());
            ScheduledFuture<?> ticks = timer.scheduleAtFixedRate(
                    new TickMonitor(stats, this::checkAndTick, settings.netTickTime(), this::silent),
                    interval.toNanos(),
                    interval.toNanos(),
                    TimeUnit.NANOSECONDS);
            ticking = ticks;
            if (!isOpen()) {
                // It ended before there were ticks to cancel.
                ticks.cancel(false);
            }
            writing = start(threads, "write", writer);
            reading = start(threads, "read", this::read);
        } catch (Throwable t) {
            // There is no reader to report it.
            end(cause(t));
            reportEnd();
            throw t;
        }
    }

    private Thread start(ThreadFactory threads, String role, Runnable work) {
        Thread thread = threads.newThread(work);
        thread.setName("erlang-" + name + "-" + role);
        thread.start();
        return thread;
    }

    public String name() {
        return name;
    }

    public Capabilities capabilities() {
        return capabilities;
    }

    /// The TLS of the connection; `null` over plain TCP.
    public @Nullable TlsInfo tls() {
        return transport.tls();
    }

    public ConnectionStats stats() {
        return stats;
    }

    /// How many signals wait to be written or are being written.
    public int queueDepth() {
        return writer.depth();
    }

    public boolean isOpen() {
        return disconnect.get() == null;
    }

    /// What ended the connection; `null` while it is open.
    public @Nullable Disconnect disconnect() {
        return disconnect.get();
    }

    /// Waits until the reader has processed all that had arrived before the call: also the end of the
    /// connection, which a peer that connects anew may have sent just before.
    ///
    /// Threads: not the reader.
    ///
    /// @param timeout for a reader that is busy for longer
    public void awaitReadUp(Duration timeout) {
        try {
            CompletableFuture.anyOf(transport.readUp(), endReported).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The caller goes on with what the reader has processed so far.
        }
    }

    /// Enqueues a signal, and writes it if no other thread is writing. In a burst of signals, the writer thread
    /// writes it, up to about 0.1 ms later. Never waits.
    ///
    /// @return false if the queue is full; then the signal will not be sent
    /// @throws ConnectionEnded if the connection has ended; then the signal will not be sent
    public boolean enqueue(EncodedSignal signal) throws ConnectionEnded {
        return switch (writer.enqueue(signal)) {
            case ACCEPTED -> true;
            case ACCEPTED_OWNER -> {
                writer.write();
                yield true;
            }
            case FULL -> false;
            case CLOSED -> throw new ConnectionEnded();
        };
    }

    /// Enqueues a signal that the protocol requires, if necessary beyond the queue's bound. Never waits. An
    /// ended connection discards the signal, as Erlang does.
    public void enqueueRequired(EncodedSignal signal) {
        switch (writer.enqueueRequired(signal)) {
            case ACCEPTED_OWNER -> writer.write();
            case FULL -> endForFullQueue();
            case ACCEPTED, CLOSED -> {
                // The write owner writes it, or it is discarded.
            }
        }
    }

    /// The same for the reader. The signal is written once the reader has processed all that it has read,
    /// unless another thread writes it before; so the answers to many signals are written together.
    public void enqueueRequiredAfterRead(EncodedSignal signal) {
        flushBeforeRead = true;
        enqueueRequiredWithoutFlush(signal);
    }

    /// Enqueues a signal and writes nothing, for a caller that holds a lock. The caller calls [#flush] once it
    /// has released the lock.
    ///
    /// @return false if the queue is full; then the signal will not be sent
    /// @throws ConnectionEnded if the connection has ended; then the signal will not be sent
    public boolean enqueueWithoutFlush(EncodedSignal signal) throws ConnectionEnded {
        return switch (writer.enqueueWithoutFlush(signal)) {
            case ACCEPTED, ACCEPTED_OWNER -> true;
            case FULL -> false;
            case CLOSED -> throw new ConnectionEnded();
        };
    }

    /// The same for a signal that the protocol requires, as [#enqueueRequired]. If it finds no room, [#flush]
    /// ends the connection.
    public void enqueueRequiredWithoutFlush(EncodedSignal signal) {
        if (writer.enqueueRequiredWithoutFlush(signal) == FrameWriter.Result.FULL) {
            requiredFoundNoRoom = true;
        }
    }

    /// Writes what is queued, unless another thread is writing. Never waits; the caller must not hold a lock.
    public void flush() {
        if (requiredFoundNoRoom) {
            endForFullQueue();
        } else if (writer.becomeOwner()) {
            writer.write();
        }
    }

    /// Run by the reader when it has processed all that it has read.
    private void flushIfNeeded() {
        if (flushBeforeRead) {
            flushBeforeRead = false;
            flush();
        }
    }

    private void checkAndTick() {
        if (hasEnded(reading) || hasEnded(writing)) {
            // Both end the connection before they end, whatever happens; this is for what cannot happen.
            end(new Disconnect(Disconnect.Blame.OURS, "internal error: a thread of the connection has ended", null));
            return;
        }
        tick();
    }

    private boolean hasEnded(@Nullable Thread thread) {
        return thread != null && !thread.isAlive() && isOpen();
    }

    private void tick() {
        if (writer.enqueueTick() == FrameWriter.Result.ACCEPTED_OWNER) {
            writer.write();
        }
    }

    /// Waits until all queued signals are written, or the connection has ended.
    ///
    /// @param timeout for a peer that does not read
    public void awaitAllWritten(Duration timeout) {
        flush();
        try {
            writer.awaitAllWritten(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Closes the connection: the peer reports `noconnection`. Signals that wait for the writer thread may be dropped;
    /// see [#awaitAllWritten]. Idempotent; never waits.
    public void close(String reason) {
        end(new Disconnect(Disconnect.Blame.LOCAL, reason, null));
    }

    private void end(Disconnect why) {
        if (!disconnect.compareAndSet(null, why)) {
            return;
        }
        writer.close();
        // Wakes the reader, which calls the handler.
        transport.close();
        ScheduledFuture<?> timer = ticking;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void endForFullQueue() {
        end(new Disconnect(
                Disconnect.Blame.PEER_VIOLATION,
                "the peer does not read: " + writer.bytes() + " bytes wait to be written (limit " + writer.maxBytes()
                        + " bytes, setting erlang.limits.queue)",
                null));
    }

    private void silent(long seconds) {
        end(new Disconnect(
                Disconnect.Blame.PEER_GONE,
                "no byte received for " + seconds + " s (setting erlang.net-ticktime: "
                        + settings.netTickTime().toSeconds() + " s)",
                null));
    }

    private void read() {
        try {
            FrameReader frames = new FrameReader(transport, stats, settings.maxFrame(), this::flushIfNeeded);
            FrameDecoder decoder =
                    new FrameDecoder(capabilities, settings.decode(), settings.fragments(), handler::takesFragments);
            for (byte[] frame = frames.next(); frame != null; frame = frames.next()) {
                switch (decoder.decode(frame, 0, frame.length)) {
                    case Frame.Message(var control, var payload) -> handler.signal(control, payload);
                    case Frame.Fragment(var control, var part, var left) -> handler.fragment(control, part, left);
                    case Frame.Oversized(var control, var head, var limit) -> handler.oversized(control, head, limit);
                    case Frame.Tick _, Frame.Partial _ -> {
                        // Its bytes have been counted as a sign of life.
                    }
                }
            }
            end(new Disconnect(Disconnect.Blame.PEER_CLOSED, "closed by the peer", null));
        } catch (Throwable failure) {
            // Every Throwable ends the connection: a reader that ends silently leaves a dead connection in use.
            end(cause(failure));
        } finally {
            reportEnd();
        }
    }

    private void reportEnd() {
        try {
            handler.ended(Objects.requireNonNull(disconnect.get()));
        } finally {
            endReported.complete(null);
        }
    }

    private static Disconnect cause(Throwable failure) {
        return switch (failure) {
            case RejectedExecutionException _ ->
                new Disconnect(Disconnect.Blame.LOCAL, "this node has been stopped", failure);
            case ProtocolViolation _, MalformedTerm _ ->
                new Disconnect(Disconnect.Blame.PEER_VIOLATION, text(failure), failure);
            case EOFException _ -> new Disconnect(Disconnect.Blame.PEER_GONE, text(failure), failure);
            case IOException _ ->
                new Disconnect(Disconnect.Blame.PEER_GONE, "network failure: " + text(failure), failure);
            default -> new Disconnect(Disconnect.Blame.OURS, "internal error: " + failure, failure);
        };
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
