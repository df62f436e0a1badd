package dev.pier.erlang.link;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.connection.TrafficTotals;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.AcceptDecision;
import dev.pier.erlang.link.LinkState.Closed;
import dev.pier.erlang.link.LinkState.Connected;
import dev.pier.erlang.link.LinkState.Connecting;
import dev.pier.erlang.link.LinkState.Idle;
import dev.pier.erlang.link.LinkState.Refused;
import dev.pier.erlang.link.LinkState.Waiting;
import dev.pier.erlang.term.Atom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to one peer: opens the connection when it is needed, keeps it, and opens it again when it is lost.
///
/// Threads: any thread may call. One lock guards all fields and is never held during network I/O: attempts to
/// connect run on virtual threads of their own and report back. The report of an attempt that is no longer current
/// is ignored.
///
/// Lifecycle, as [ReconnectPolicy] decides it:
///
/// ```
/// state        event                         next state
/// IDLE         connection needed             CONNECTING
/// CONNECTING   connected                     CONNECTED
///              failed                        WAITING if persistent, otherwise IDLE
///              failed by a refusal           REFUSED
/// CONNECTED    lost                          WAITING if persistent, otherwise IDLE
/// WAITING      time, or connection needed    CONNECTING
/// REFUSED      time                          CONNECTING if persistent, otherwise IDLE
/// all          the peer has connected        CONNECTED, except from CLOSED
/// all          rest()                        IDLE, except from CLOSED
/// all          close()                       CLOSED
/// ```
public final class PeerLink {
    private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

    /// How long a call waits for a peer that is known to be down: enough for a node on the same network to accept,
    /// little enough for a web request.
    public static final Duration TIMEOUT_WHEN_DOWN = Duration.ofMillis(500);

    /// How long a peer that connects waits for this node to read what came over its old connection.
    private static final Duration READ_UP_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration REFUSED_INTERVAL = Duration.ofSeconds(60);

    /// Opens connections to peers.
    public interface Dialer {
        /// Connects and shakes hands. Blocks; runs on the attempt's own thread.
        ///
        /// @throws DialFailure if there is no connection, with the reason
        Session dial(PeerLink link, DialAttempt attempt) throws DialFailure, InterruptedException;
    }

    private final NodeName name;
    private final Atom peer;
    private final Atom self;
    private final Dialer dialer;
    private final ScheduledExecutorService timer;
    private final BulkLanes lanes;
    private final CallGate gate;
    private final Object lock = new Object();

    /// Written under the lock.
    private volatile LinkState state = new Idle();

    private Instant since = Instant.now();
    private ReconnectPolicy policy;
    private @Nullable String lastProblem;

    /// When the last attempt succeeded or failed, in terms of [System#nanoTime()].
    private long lastAttemptEnded;

    /// The bytes are without those of the current connection.
    private TrafficTotals totals = TrafficTotals.NONE;

    private final Takeovers ofPeer;
    private final Takeovers ofThisNode;

    /// @param self the name under which this node connects
    /// @param persistent whether a lost connection is opened again unasked
    /// @param lanes the further connections to the peer, closed with this one; [BulkLanes#NONE] for a lane
    ///     itself
    public PeerLink(
            NodeName name,
            Atom self,
            boolean persistent,
            Dialer dialer,
            ScheduledExecutorService timer,
            BulkLanes lanes) {
        this.name = name;
        this.peer = name.atom();
        this.self = self;
        this.policy = ReconnectPolicy.initial(persistent);
        this.dialer = dialer;
        this.timer = timer;
        this.lanes = lanes;
        this.gate = new CallGate(name);
        this.ofPeer = Takeovers.ofPeer(name);
        this.ofThisNode = Takeovers.ofThisNode(self, name);
    }

    public NodeName name() {
        return name;
    }

    Atom peer() {
        return peer;
    }

    /// Further connections to the peer, for replies of any size.
    public BulkLanes lanes() {
        return lanes;
    }

    /// Counts the calls to the peer, and knows whether it takes new ones.
    public CallGate gate() {
        return gate;
    }

    public PeerStatus status() {
        synchronized (lock) {
            PeerStatus.State seen = gate.isDraining() ? PeerStatus.State.DRAINING : state.status();
            return new PeerStatus(name.toString(), seen, since, Optional.ofNullable(lastProblem));
        }
    }

    /// Whether a lost connection is opened again unasked.
    public boolean isPersistent() {
        synchronized (lock) {
            return policy.persistent();
        }
    }

    /// Sets whether a lost connection is opened again unasked. Neither opens nor closes one.
    public void persistent(boolean keep) {
        synchronized (lock) {
            policy = policy.withPersistent(keep);
            if (!keep && state instanceof Waiting) {
                enter(new Idle());
            }
        }
    }

    /// Whether forgetting this link loses nothing.
    public boolean isForgettable() {
        synchronized (lock) {
            return !policy.persistent() && state instanceof Idle;
        }
    }

    /// The traffic of all connections to the peer so far.
    public TrafficTotals totals() {
        synchronized (lock) {
            return state instanceof Connected(Session session) ? ended(session) : totals;
        }
    }

    /// The totals with a connection that ends.
    private TrafficTotals ended(Session session) {
        return totals.ended(session.connection().stats());
    }

    public boolean isConnected() {
        return state instanceof Connected;
    }

    /// The connection if there is one now.
    public Optional<Session> current() {
        return state instanceof Connected(Session session) ? Optional.of(session) : Optional.empty();
    }

    /// The connection, opened if necessary.
    ///
    /// @param deadlineNanos until when to wait, in terms of [System#nanoTime()]; for a peer that is known to
    ///     be down, [#TIMEOUT_WHEN_DOWN] at most
    /// @throws NotConnected if there is no connection by then, with the reason
    /// @throws CallCancelled if the thread is interrupted
    public Session session(long deadlineNanos) {
        return state instanceof Connected(Session session) ? session : await(deadlineNanos);
    }

    private Session await(long deadlineNanos) {
        CompletableFuture<Session> arrival;
        long timeout = deadlineNanos - System.nanoTime();
        synchronized (lock) {
            arrival = arrival();
            if (arrival == null) {
                throw notConnected();
            }
            if (lastProblem != null) {
                timeout = Math.min(timeout, TIMEOUT_WHEN_DOWN.toNanos());
            }
        }
        try {
            return arrival.get(Math.max(0, timeout), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            synchronized (lock) {
                throw notConnected();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("interrupted while connecting to " + name, e);
        }
    }

    /// The connection that comes next. Begins an attempt if none runs and one may. Does not wait.
    ///
    /// Hazard: it is completed with the lock of this link held.
    ///
    /// @return `null` if no attempt may begin now
    public @Nullable CompletableFuture<Session> arrival() {
        synchronized (lock) {
            return switch (state) {
                case Connected(Session session) -> CompletableFuture.completedFuture(session);
                case Connecting connecting -> connecting.arrival();
                case Closed _, Refused _ -> null;
                case Idle _, Waiting _ -> {
                    CompletableFuture<Session> arrival = null;
                    if (policy.mayAttempt(sinceLastAttempt())) {
                        arrival = new CompletableFuture<>();
                        beginAttempt(arrival);
                    }
                    yield arrival;
                }
            };
        }
    }

    private Duration sinceLastAttempt() {
        return Duration.ofNanos(System.nanoTime() - lastAttemptEnded);
    }

    private NotConnected notConnected() {
        String reason = state instanceof Closed
                ? "this node has been stopped"
                : lastProblem == null ? "still connecting" : lastProblem;
        return new NotConnected("not connected to " + name + ": " + reason);
    }

    /// Connects now rather than at first use. Does not wait.
    public void connect() {
        synchronized (lock) {
            if (state instanceof Idle) {
                beginAttempt(new CompletableFuture<>());
            }
        }
    }

    private void beginAttempt(CompletableFuture<Session> arrival) {
        DialAttempt attempt = new DialAttempt();
        enter(new Connecting(attempt, arrival));
        Thread.ofVirtual()
                .inheritInheritableThreadLocals(false)
                .name("erlang-connect-" + name)
                .start(() -> runAttempt(attempt));
    }

    private void runAttempt(DialAttempt attempt) {
        try {
            arrived(dialer.dial(this, attempt), attempt);
        } catch (DialFailure failure) {
            failed(attempt, failure);
        } catch (InterruptedException e) {
            failed(attempt, DialFailure.away("interrupted", e));
        } catch (RuntimeException | Error e) {
            log.error("Connecting to {} failed by an error in this node", name, e);
            failed(attempt, DialFailure.away("an error in this node: " + e, e));
        }
    }

    private void arrived(Session fresh, DialAttempt attempt) {
        synchronized (lock) {
            if (state instanceof Connected(Session session) && session == fresh) {
                // The attempt yielded to the peer's own, and `adopt` has installed that connection.
                return;
            }
            if (state instanceof Connecting connecting && connecting.attempt() == attempt) {
                install(fresh);
                return;
            }
        }
        fresh.close("another connection to the peer came first");
    }

    /// Takes a connection that the peer has opened. It replaces an existing one: the peer said that that one is
    /// dead.
    public void adopt(Session fresh) {
        LinkState before;
        synchronized (lock) {
            before = state;
            if (before instanceof Connected) {
                ofPeer.happened();
            }
            if (!(before instanceof Closed)) {
                install(fresh);
            }
        }
        switch (before) {
            case Closed _ -> fresh.close("this node has been stopped");
            case Connecting connecting -> connecting.attempt().cancel();
            case Connected(Session replaced) -> replaced.close("replaced by a newer connection from the peer");
            case Idle _, Waiting _, Refused _ -> {} // Nothing else uses the peer's connection.
        }
    }

    /// Whether a new connection is to replace the one that the peer has in this node's name already.
    boolean replacesOther() {
        synchronized (lock) {
            if (state instanceof Connected) {
                return false;
            }
            ofThisNode.happened();
            return true;
        }
    }

    private void install(Session fresh) {
        LinkState before = state;
        policy = policy.connected();
        lastAttemptEnded = System.nanoTime();
        lastProblem = null;
        totals = totals.connected();
        enter(new Connected(fresh));
        log.info("Connected to {} as {}", name, self);
        if (before instanceof Connecting connecting) {
            connecting.arrival().complete(fresh);
        }
        // The connection may have ended before it was installed; then its end was not noticed.
        Disconnect ended = fresh.disconnect();
        if (ended != null) {
            lost(fresh, ended);
        }
    }

    /// A connection has ended. Ignored unless it is the current one.
    void lost(Session ended, Disconnect reason) {
        synchronized (lock) {
            if (!(state instanceof Connected(Session session)) || session != ended) {
                return;
            }
            lastProblem = reason.blame() == Disconnect.Blame.LOCAL ? null : "connection lost: " + reason.reason();
            follow(policy.lost(sinceLastAttempt(), reason.blame()));
        }
    }

    private void failed(DialAttempt attempt, DialFailure failure) {
        CompletableFuture<Session> arrival;
        synchronized (lock) {
            if (!(state instanceof Connecting connecting) || connecting.attempt() != attempt) {
                return;
            }
            arrival = connecting.arrival();
            lastAttemptEnded = System.nanoTime();
            ReconnectPolicy before = policy;
            String problemBefore = lastProblem;
            lastProblem = failure.getMessage();
            follow(policy.failed(failure.kind()));
            boolean refusalBelieved = policy.suspectedRefusals() == ReconnectPolicy.REFUSALS_TO_BELIEVE;
            if (before.failures() == 0
                    || refusalBelieved
                    || !failure.getMessage().equals(problemBefore)) {
                failure.log(log, name, policy.persistent(), state instanceof Refused ? REFUSED_INTERVAL : null);
            }
        }
        arrival.completeExceptionally(failure);
    }

    private void follow(ReconnectPolicy.Decision decision) {
        policy = decision.policy();
        enter(
                switch (decision.action()) {
                    case REST -> new Idle();
                    case BACK_OFF -> new Waiting(retryAfter(ReconnectPolicy.Backoff.DEFAULT.delay(decision.step())));
                    case REFUSE -> new Refused(retryAfter(REFUSED_INTERVAL));
                });
    }

    private Future<?> retryAfter(Duration delay) {
        return timer.schedule(this::retry, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void retry() {
        synchronized (lock) {
            switch (state) {
                case Refused _ when !policy.persistent() -> enter(new Idle());
                case Waiting _, Refused _ -> beginAttempt(new CompletableFuture<>());
                case Idle _, Connecting _, Connected _, Closed _ -> {} // The timer ran out while this was entered.
            }
        }
    }

    /// Decides on a connection that the peer opens. Changes nothing: at this point the peer's name is only
    /// claimed.
    ///
    /// A peer may close its connection and open another at once, as programs in C do for each call. So the end
    /// of the old one may still be unread. May wait for a short time.
    ///
    /// OTP: net_kernel.erl:accept_pending.
    public AcceptDecision incoming() {
        current().ifPresent(session -> session.connection().awaitReadUp(READ_UP_TIMEOUT));
        synchronized (lock) {
            return switch (state) {
                case Closed _ -> new AcceptDecision.NotAllowed();
                case Connected _ -> new AcceptDecision.Alive();
                case Connecting connecting -> incomingWhile(connecting.attempt());
                case Idle _, Waiting _, Refused _ -> new AcceptDecision.Ok();
            };
        }
    }

    /// Of two simultaneous attempts, the one of the node with the greater name continues; its side ends the
    /// other.
    private AcceptDecision incomingWhile(DialAttempt own) {
        if (own.hasYielded()) {
            return new AcceptDecision.Ok();
        }
        return self.compareTo(peer) > 0 ? new AcceptDecision.Nok() : new AcceptDecision.OkSimultaneous();
    }

    /// Waits for the connection that the peer is opening, for an attempt that has yielded to it.
    Session awaitIncoming(DialAttempt own, Duration timeout) throws DialFailure, InterruptedException {
        CompletableFuture<Session> arrival;
        synchronized (lock) {
            if (state instanceof Connected(Session session)) {
                return session;
            }
            if (!(state instanceof Connecting connecting) || connecting.attempt() != own) {
                throw DialFailure.away("the attempt to connect was cancelled", null);
            }
            arrival = connecting.arrival();
        }
        try {
            return arrival.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw DialFailure.away(
                    "the peer announced its own connection, which did not arrive within " + timeout.toMillis() + " ms",
                    e);
        }
    }

    /// Closes the connection and opens no other. Idempotent.
    public void close() {
        leave(new Closed(), "this node has been stopped");
        lanes.close();
    }

    /// Closes the connection of a link whose gate has retired and whose last call has ended. From then on,
    /// the gate is open again, and a connection is opened if a caller needs it. Otherwise does nothing.
    public void rest(String reason) {
        leave(new Idle(), reason);
    }

    private void leave(LinkState next, String reason) {
        LinkState before;
        synchronized (lock) {
            before = state;
            if (next instanceof Idle && (before instanceof Closed || !gate.isOver())) {
                return;
            }
            enter(next);
            gate.keep();
        }
        before.end(reason);
    }

    private void enter(LinkState next) {
        switch (state) {
            case Waiting(Future<?> retry) -> retry.cancel(false);
            case Refused(Future<?> retry) -> retry.cancel(false);
            case Connected(Session session) -> totals = ended(session);
            case Idle _, Connecting _, Closed _ -> {} // No timer runs.
        }
        // The gate opens before a caller finds the connection, and closes after that.
        Runnable publish = () -> state = next;
        gate.follow(next, lastProblem, publish);
        since = Instant.now();
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
