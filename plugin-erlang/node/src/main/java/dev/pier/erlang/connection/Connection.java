package dev.pier.erlang.connection;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.dist.ProtocolViolation;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One connection to a peer after its handshake.
///
/// Two threads of its own serve it: a reader, and a writer for what senders' threads cannot write at once; the node's
/// timer ticks. Any thread may send and close. It ends once, for the reason that came first, and
/// [InboundHandler#ended] tells so after the last signal.
public final class Connection {
    private final String name;
    private final Transport transport;
    private final Capabilities capabilities;
    private final ConnectionSettings settings;
    private final InboundHandler handler;
    private final ConnectionStats traffic = new ConnectionStats();
    private final OutboundQueue queue;
    private final Writer writer;
    private final AtomicReference<@Nullable Disconnect> disconnect = new AtomicReference<>();
    private volatile @Nullable ScheduledFuture<?> liveness;

    /// A required signal found no room; [#flush] ends the connection.
    private volatile boolean peerReadsNothing;

    /// For the reader only.
    private boolean readerOwes;

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
        this.queue = new OutboundQueue(settings.maxQueued());
        this.writer = new Writer(transport, queue, traffic, this::writingFailed);
    }

    /// Starts reading, writing and ticking.
    public void start(ThreadFactory threads, ScheduledExecutorService timer) {
        Duration interval = TickMonitor.interval(settings.netTickTime());
        liveness = timer.scheduleAtFixedRate(
                new TickMonitor(traffic, this::tick, settings.netTickTime(), this::silent),
                interval.toNanos(),
                interval.toNanos(),
                TimeUnit.NANOSECONDS);
        start(threads, "write", writer);
        start(threads, "read", this::read);
    }

    private void start(ThreadFactory threads, String role, Runnable work) {
        Thread thread = threads.newThread(work);
        thread.setName("erlang-" + name + "-" + role);
        thread.start();
    }

    public String name() {
        return name;
    }

    public Capabilities capabilities() {
        return capabilities;
    }

    public ConnectionStats traffic() {
        return traffic;
    }

    /// How many signals wait to be written.
    public int queueDepth() {
        return queue.depth();
    }

    public boolean isOpen() {
        return disconnect.get() == null;
    }

    /// What ended the connection, if it has ended.
    public @Nullable Disconnect disconnect() {
        return disconnect.get();
    }

    /// Queues a signal for writing, or writes it. Never waits.
    ///
    /// @return false if the queue is full; then nothing will be sent
    /// @throws ConnectionEnded if the connection has ended; then nothing will be sent
    public boolean offer(Outbound signal) throws ConnectionEnded {
        return switch (queue.offer(signal)) {
            case TAKEN -> true;
            case TAKEN_WITH_TURN -> {
                writer.write();
                yield true;
            }
            case FULL -> false;
            case CLOSED -> throw new ConnectionEnded();
        };
    }

    /// The same for a signal that the protocol owes the peer, beyond the queue's bound if need be. Never waits; on an
    /// ended connection the signal is dropped, as Erlang does.
    public void demand(Outbound signal) {
        demanded(queue.demand(signal));
    }

    /// The same from the reader, which writes it once it has dealt with all that it has read, if nobody has written
    /// it by then: so the answers to many signals go out together.
    public void demandSoon(Outbound signal) {
        readerOwes = true;
        demanded(queue.demandWithoutTurn(signal));
    }

    /// Queues a signal and writes nothing: for a caller that holds a lock. The caller calls [#flush] once it has
    /// released the lock.
    ///
    /// @return false if the queue is full; then nothing will be sent
    /// @throws ConnectionEnded if the connection has ended; then nothing will be sent
    public boolean offerWithoutFlush(Outbound signal) throws ConnectionEnded {
        return switch (queue.offerWithoutTurn(signal)) {
            case TAKEN, TAKEN_WITH_TURN -> true;
            case FULL -> false;
            case CLOSED -> throw new ConnectionEnded();
        };
    }

    /// As [#offerWithoutFlush], for a signal that the protocol requires, beyond the queue's bound if necessary. On an
    /// ended connection the signal is dropped.
    public void demandWithoutFlush(Outbound signal) {
        if (queue.demandWithoutTurn(signal) == OutboundQueue.Offer.FULL) {
            peerReadsNothing = true;
        }
    }

    /// Writes what is queued, unless another thread is writing. Never waits; to be called without locks.
    public void flush() {
        if (peerReadsNothing) {
            end(peerDoesNotRead());
        } else if (queue.takeTurn()) {
            writer.write();
        }
    }

    private Disconnect peerDoesNotRead() {
        return new Disconnect(
                Disconnect.Blame.PEER_VIOLATION,
                "the peer does not read: " + queue.bytes() + " bytes wait, the limit is " + queue.maxBytes()
                        + " (setting erlang.limits.queue)",
                null);
    }

    private void demanded(OutboundQueue.Offer offer) {
        switch (offer) {
            case TAKEN_WITH_TURN -> writer.write();
            case FULL -> end(peerDoesNotRead());
            case TAKEN, CLOSED -> {
                // There is nothing to do for it here.
            }
        }
    }

    /// The reader has dealt with all that it has read.
    private void writeWhatReaderOwes() {
        if (readerOwes) {
            readerOwes = false;
            if (queue.takeTurn()) {
                writer.write();
            }
        }
    }

    private void tick() {
        if (queue.tick() == OutboundQueue.Offer.TAKEN_WITH_TURN) {
            writer.write();
        }
    }

    /// Closes the connection: the peer sees `noconnection`. Idempotent, and never waits.
    public void close(String reason) {
        end(new Disconnect(Disconnect.Blame.LOCAL, reason, null));
    }

    private void end(Disconnect why) {
        if (!disconnect.compareAndSet(null, why)) {
            return;
        }
        queue.close();
        // Wakes the reader, which tells the handler.
        transport.close();
        ScheduledFuture<?> ticking = liveness;
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    private void silent(long seconds) {
        end(new Disconnect(
                Disconnect.Blame.PEER_GONE,
                "not a byte for " + seconds + " s, with a net_ticktime of "
                        + settings.netTickTime().toSeconds() + " s",
                null));
    }

    private void writingFailed(Throwable failure) {
        end(blame(failure));
    }

    private void read() {
        try {
            FrameReader frames = new FrameReader(transport, traffic, settings.maxFrame(), this::writeWhatReaderOwes);
            FrameDecoder decoder =
                    new FrameDecoder(capabilities, settings.decode(), settings.fragments(), handler::takesFragments);
            for (byte[] frame = frames.next(); frame != null; frame = frames.next()) {
                switch (decoder.decode(frame, 0, frame.length)) {
                    case Frame.Message(var control, var payload) -> handler.signal(control, payload);
                    case Frame.Fragment(var control, var part, var left) -> handler.fragment(control, part, left);
                    case Frame.Oversized(var control, var limit) -> handler.oversized(control, limit);
                    case Frame.Tick _, Frame.Partial _ -> {
                        // Nothing but a sign of life, which its bytes have been already.
                    }
                }
            }
            end(new Disconnect(Disconnect.Blame.PEER_GONE, "closed by the peer", null));
        } catch (Throwable failure) {
            // Every Throwable takes the same way out: a reader that dies in silence leaves a dead connection in use.
            end(blame(failure));
        } finally {
            handler.ended(java.util.Objects.requireNonNull(disconnect.get()));
        }
    }

    private static Disconnect blame(Throwable failure) {
        return switch (failure) {
            case ProtocolViolation _, MalformedTerm _ ->
                new Disconnect(Disconnect.Blame.PEER_VIOLATION, sentence(failure), failure);
            case EOFException _ -> new Disconnect(Disconnect.Blame.PEER_GONE, sentence(failure), failure);
            case IOException _ -> new Disconnect(Disconnect.Blame.PEER_GONE, "lost: " + sentence(failure), failure);
            default -> new Disconnect(Disconnect.Blame.OURS, "ended by a fault of this node: " + failure, failure);
        };
    }

    private static String sentence(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
