package dev.pier.erlang.link;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.PeerStatus.State;
import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.AcceptDecision;
import dev.pier.erlang.term.Atom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to one peer: opens its connection when it is wanted, keeps it, and brings it back when it is lost.
///
/// One state machine, whose lock guards every field and is never held over network I/O: attempts to connect run on
/// virtual threads of their own and report back. An attempt that is no longer the current one reports to nobody.
///
/// ```
///            wanted                 up
///   IDLE ───────────► CONNECTING ───────► CONNECTED
///                      ▲  │   ▲               │ lost
///             time, or │  │   └────────┐      ▼
///             wanted   │  └─ fails ─► WAITING ◄┘
///                      └── slowly ── REFUSED        close() from anywhere: CLOSED
/// ```
public final class PeerLink {
    private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

    /// How long a call waits for a peer that is known to be down: long enough for a node on the same network to
    /// accept, short enough for a web request.
    private static final Duration PATIENCE_WHEN_DOWN = Duration.ofMillis(500);

    /// A call tries a peer that is down at once, but not more often than this.
    private static final Duration DEMAND_INTERVAL = Duration.ofMillis(250);

    private static final Duration REFUSED_INTERVAL = Duration.ofSeconds(60);

    /// A connection that ends sooner has done no good: the next one waits longer each time, or a peer that lets us in
    /// and then throws us out would be connected to without a pause.
    private static final Duration GOOD_LIFE = Duration.ofSeconds(10);

    /// Opens a connection to a peer.
    public interface Dialer {
        /// Connects and shakes hands. Blocks; the link's own thread runs it.
        ///
        /// @throws DialFailure if there is no connection, with the reason in a sentence
        Session dial(PeerLink link, Attempt attempt) throws DialFailure, InterruptedException;
    }

    /// One attempt to connect. It may be called off because the peer's own attempt goes first.
    static final class Attempt {
        /// Whether the peer's own attempt goes first, and is being waited for. Guarded by the link's lock.
        private boolean gaveWay;

        private volatile boolean calledOff;
        private volatile @Nullable Runnable abort;

        /// What closes the attempt's socket.
        void onAbort(Runnable action) {
            abort = action;
            if (calledOff) {
                action.run();
            }
        }

        void callOff() {
            calledOff = true;
            Runnable action = abort;
            if (action != null) {
                action.run();
            }
        }
    }

    private final NodeName name;
    private final Atom peer;
    private final Atom self;
    private final boolean persistent;
    private final Dialer dialer;
    private final Backoff backoff;
    private final ScheduledExecutorService timer;
    private final BulkLanes lanes;

    private final Object lock = new Object();
    private volatile @Nullable Session session;
    private State state = State.IDLE;
    private Instant since = Instant.now();
    private @Nullable String lastProblem;
    private int failures;

    /// How many attempts in a row have ended in a way that may be a refusal, or the peer's death at that moment.
    private int maybeRefused;

    private int shortLives;
    private long lastAttemptEnded;
    private long reconnects;
    private long bytesInBefore;
    private long bytesOutBefore;
    private boolean everConnected;
    private @Nullable Attempt attempt;
    private @Nullable ScheduledFuture<?> retry;
    private CompletableFuture<Session> arrival = new CompletableFuture<>();

    /// A way without lanes, as a lane itself is.
    ///
    /// @param self the name under which we connect
    /// @param persistent whether a lost connection is opened again unasked
    public PeerLink(
            NodeName name,
            Atom self,
            boolean persistent,
            Dialer dialer,
            Backoff backoff,
            ScheduledExecutorService timer) {
        this(name, self, persistent, dialer, backoff, timer, BulkLanes.NONE);
    }

    /// @param lanes the further connections to the peer; closed with this one
    public PeerLink(
            NodeName name,
            Atom self,
            boolean persistent,
            Dialer dialer,
            Backoff backoff,
            ScheduledExecutorService timer,
            BulkLanes lanes) {
        this.name = name;
        this.peer = name.atom();
        this.self = self;
        this.persistent = persistent;
        this.dialer = dialer;
        this.backoff = backoff;
        this.timer = timer;
        this.lanes = lanes;
    }

    /// The peer's node name.
    public NodeName name() {
        return name;
    }

    /// The same as terms carry it.
    Atom peer() {
        return peer;
    }

    /// Further connections to the peer, for replies of any size.
    public BulkLanes lanes() {
        return lanes;
    }

    public PeerStatus status() {
        synchronized (lock) {
            return new PeerStatus(state, since, Optional.ofNullable(lastProblem));
        }
    }

    /// Whether nothing is lost if this link is forgotten.
    public boolean isForgettable() {
        synchronized (lock) {
            return !persistent && state == State.IDLE;
        }
    }

    /// How often a connection has come back after a loss.
    public long reconnects() {
        synchronized (lock) {
            return reconnects;
        }
    }

    /// How many bytes have come from the peer, over all its connections.
    public long bytesIn() {
        synchronized (lock) {
            Session now = session;
            return bytesInBefore + (now == null ? 0 : now.connection().traffic().bytesIn());
        }
    }

    /// How many bytes have gone to the peer, over all its connections.
    public long bytesOut() {
        synchronized (lock) {
            Session now = session;
            return bytesOutBefore
                    + (now == null ? 0 : now.connection().traffic().bytesOut());
        }
    }

    /// The connection if there is one now.
    public Optional<Session> current() {
        return Optional.ofNullable(session);
    }

    /// The connection, opened if need be.
    ///
    /// @param deadlineNanos until when to wait, in terms of [System#nanoTime()]; a peer that is known to be down is
    ///     waited for only briefly
    /// @throws NotConnected if there is none by then, with the reason
    /// @throws CallCancelled if the thread is interrupted
    public Session session(long deadlineNanos) {
        Session now = session;
        return now != null ? now : await(deadlineNanos);
    }

    private Session await(long deadlineNanos) {
        CompletableFuture<Session> arriving;
        long patience = deadlineNanos - System.nanoTime();
        synchronized (lock) {
            Session now = session;
            if (now != null) {
                return now;
            }
            if (state == State.CLOSED || state == State.REFUSED) {
                throw notConnected();
            }
            if (lastProblem != null) {
                patience = Math.min(patience, PATIENCE_WHEN_DOWN.toNanos());
            }
            if (state != State.CONNECTING) {
                boolean justTried =
                        failures + shortLives > 0 && System.nanoTime() - lastAttemptEnded < DEMAND_INTERVAL.toNanos();
                if (justTried) {
                    throw notConnected();
                }
                beginAttempt();
            }
            arriving = arrival;
        }
        try {
            return arriving.get(Math.max(0, patience), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            synchronized (lock) {
                throw notConnected();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("interrupted while connecting to " + name, e);
        }
    }

    private NotConnected notConnected() {
        String why = state == State.CLOSED
                ? "this node has been stopped"
                : lastProblem == null ? "still connecting" : lastProblem;
        return new NotConnected("not connected to " + name + ": " + why);
    }

    /// Connects now rather than at first use. Does not wait.
    public void connect() {
        synchronized (lock) {
            if (state == State.IDLE) {
                beginAttempt();
            }
        }
    }

    private void beginAttempt() {
        cancelRetry();
        Attempt current = new Attempt();
        attempt = current;
        enter(State.CONNECTING);
        Thread.ofVirtual().name("erlang-connect-" + name).start(() -> runAttempt(current));
    }

    private void runAttempt(Attempt current) {
        try {
            arrived(dialer.dial(this, current), current);
        } catch (DialFailure failure) {
            attemptFailed(current, failure);
        } catch (InterruptedException e) {
            attemptFailed(current, DialFailure.of("interrupted", e));
        } catch (RuntimeException | Error e) {
            log.error("Connecting to {} failed by a fault of this node", name, e);
            attemptFailed(current, DialFailure.of("a fault of this node: " + e, e));
        }
    }

    private void arrived(Session fresh, Attempt current) {
        synchronized (lock) {
            if (fresh == session) {
                // The attempt gave way to the peer's own, which has been taken already.
                return;
            }
            if (attempt != current || state == State.CLOSED) {
                fresh.close("another connection to the peer came first");
                return;
            }
            install(fresh);
        }
    }

    /// Takes a connection that the peer opened. One that is there already is replaced: the peer said that it is dead.
    public void adopt(Session fresh) {
        Session replaced;
        synchronized (lock) {
            if (state == State.CLOSED) {
                fresh.close("this node has been stopped");
                return;
            }
            replaced = session;
            Attempt own = attempt;
            if (own != null) {
                own.callOff();
            }
            if (replaced != null) {
                keepCounts(replaced);
            }
            install(fresh);
        }
        if (replaced != null) {
            replaced.close("replaced by a newer connection from the peer");
        }
    }

    private void install(Session fresh) {
        cancelRetry();
        attempt = null;
        failures = 0;
        maybeRefused = 0;
        lastAttemptEnded = System.nanoTime();
        session = fresh;
        lastProblem = null;
        if (everConnected) {
            reconnects++;
        }
        everConnected = true;
        enter(State.CONNECTED);
        log.info("Connected to {} as {}", name, self);
        arrival.complete(fresh);
        // A connection may end before it has been published; its end must not be missed then.
        Disconnect ended = fresh.disconnect();
        if (ended != null) {
            lost(fresh, ended);
        }
    }

    /// A connection has ended. Only the one that is in use counts.
    void lost(Session ended, Disconnect why) {
        synchronized (lock) {
            if (session != ended) {
                return;
            }
            session = null;
            keepCounts(ended);
            // What we closed ourselves, as an idle lane, says nothing against the peer.
            boolean ours = why.blame() == Disconnect.Blame.LOCAL;
            boolean lived = ours || System.nanoTime() - lastAttemptEnded >= GOOD_LIFE.toNanos();
            shortLives = lived ? 0 : shortLives + 1;
            arrival = new CompletableFuture<>();
            lastProblem = ours ? null : "connection lost: " + why.reason();
            if (persistent) {
                enter(State.WAITING);
                scheduleRetry(backoff.delay(shortLives));
            } else {
                enter(State.IDLE);
            }
        }
    }

    private void keepCounts(Session ended) {
        bytesInBefore += ended.connection().traffic().bytesIn();
        bytesOutBefore += ended.connection().traffic().bytesOut();
    }

    private void attemptFailed(Attempt current, DialFailure failure) {
        synchronized (lock) {
            if (attempt != current || state == State.CLOSED) {
                return;
            }
            attempt = null;
            lastAttemptEnded = System.nanoTime();
            boolean first = failures++ == 0;
            maybeRefused = failure.kind() == DialFailure.Kind.MAYBE_REFUSED ? maybeRefused + 1 : 0;
            boolean refused = failure.kind() == DialFailure.Kind.REFUSED || maybeRefused > 1;
            boolean news = !failure.getMessage().equals(lastProblem) || maybeRefused == 2;
            lastProblem = failure.getMessage();
            if (first || news) {
                String next = persistent ? refused ? "; tried again every minute" : "; tried again until it works" : "";
                if (refused) {
                    log.warn("{} does not let us in: {}{}", name, lastProblem, next);
                } else {
                    log.info("Cannot connect to {}: {}{}", name, lastProblem, next);
                }
            }
            if (refused) {
                enter(State.REFUSED);
                scheduleRetry(REFUSED_INTERVAL);
            } else if (persistent) {
                enter(State.WAITING);
                scheduleRetry(backoff.delay(failures));
            } else {
                enter(State.IDLE);
            }
            arrival.completeExceptionally(failure);
            arrival = new CompletableFuture<>();
        }
    }

    private void scheduleRetry(Duration delay) {
        retry = timer.schedule(this::retry, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void retry() {
        synchronized (lock) {
            if (state == State.REFUSED && !persistent) {
                enter(State.IDLE);
            } else if (state == State.WAITING || state == State.REFUSED) {
                beginAttempt();
            }
        }
    }

    private void cancelRetry() {
        ScheduledFuture<?> scheduled = retry;
        if (scheduled != null) {
            scheduled.cancel(false);
            retry = null;
        }
    }

    /// Decides on a peer's own attempt to connect, as `net_kernel` does. Changes nothing: so far the name is only
    /// claimed. SPEC: net_kernel.erl, accept_pending.
    public AcceptDecision incoming() {
        synchronized (lock) {
            return switch (state) {
                case CLOSED -> new AcceptDecision.NotAllowed();
                case CONNECTED -> new AcceptDecision.Alive();
                // Of two simultaneous attempts that of the greater name goes on. The peer ends ours in its turn.
                case CONNECTING -> incomingWhileConnecting();
                case IDLE, WAITING, REFUSED -> new AcceptDecision.Ok();
            };
        }
    }

    private AcceptDecision incomingWhileConnecting() {
        Attempt own = attempt;
        if (own != null && own.gaveWay) {
            return new AcceptDecision.Ok();
        }
        return self.compareTo(peer) > 0 ? new AcceptDecision.Nok() : new AcceptDecision.OkSimultaneous();
    }

    /// Waits for the connection that the peer is opening, after it said that its own attempt goes first.
    Session awaitIncoming(Attempt own, Duration patience) throws DialFailure, InterruptedException {
        CompletableFuture<Session> arriving;
        synchronized (lock) {
            Session now = session;
            if (now != null) {
                return now;
            }
            own.gaveWay = true;
            arriving = arrival;
        }
        try {
            return arriving.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw DialFailure.of("it wanted to connect to us first, and did not", e);
        }
    }

    /// Closes the connection and opens none any more.
    public void close() {
        Session closing;
        synchronized (lock) {
            enter(State.CLOSED);
            cancelRetry();
            Attempt own = attempt;
            attempt = null;
            if (own != null) {
                own.callOff();
            }
            closing = session;
            session = null;
            arrival.completeExceptionally(DialFailure.of("this node has been stopped", null));
        }
        if (closing != null) {
            closing.close("this node stops");
        }
        lanes.close();
    }

    private void enter(State next) {
        state = next;
        since = Instant.now();
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
