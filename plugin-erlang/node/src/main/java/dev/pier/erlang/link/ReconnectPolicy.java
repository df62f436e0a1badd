package dev.pier.erlang.link;

import dev.pier.erlang.connection.Disconnect;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// Decides what follows a failed attempt or a lost connection. Immutable, without clock or timer.
///
/// @param persistent whether a connection is opened again unasked
/// @param failures how many attempts in a row have failed
/// @param flaps how many connections in a row lasted less than [#MIN_STABLE_UPTIME]
/// @param suspectedRefusals how many attempts in a row ended in a way that a refusal, or the peer's death at
///     that moment, would explain
record ReconnectPolicy(boolean persistent, int failures, int flaps, int suspectedRefusals) {
    /// A shorter connection counts as a failure. Otherwise a peer that accepts connections and closes them at once
    /// would be connected to without a pause.
    static final Duration MIN_STABLE_UPTIME = Duration.ofSeconds(10);

    /// When the peer closes a connection that has lasted as long, it counts as the first time.
    static final Duration FORGIVING_UPTIME = Duration.ofMinutes(10);

    /// The step of the pause after the peer has closed a connection for the first time: at least 400 ms, so that an
    /// operator who disconnects this node sees it gone.
    static final int FIRST_STEP_AFTER_CLOSE = 3;

    /// A call to a peer that is down starts an attempt at once, but attempts are at least this far apart.
    static final Duration MIN_ATTEMPT_INTERVAL = Duration.ofMillis(250);

    /// So many suspected refusals in a row count as a refusal.
    static final int REFUSALS_TO_BELIEVE = 2;

    /// What the link does next.
    enum Action {
        /// Nothing until a caller needs the connection.
        REST,
        /// Try again after [Backoff#delay] of the [Decision#step].
        BACK_OFF,
        /// Try again rarely, and fail calls meanwhile.
        REFUSE
    }

    /// @param step for [Action#BACK_OFF]
    record Decision(ReconnectPolicy policy, Action action, int step) {}

    /// The pauses between attempts to connect: exponential, with jitter so that the nodes of a restarted cluster do
    /// not all connect at once.
    ///
    /// @param first the pause before jitter of step 0
    record Backoff(Duration first, Duration max, RandomGenerator random) {
        static final Backoff DEFAULT =
                new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), RandomGenerator.getDefault());

        /// @param step how many attempts in a row have failed
        /// @return between half of the pause and the whole pause; the pause doubles with each step, up to `max`
        Duration delay(int step) {
            long ceiling = Math.min(max.toNanos(), first.toNanos() << Math.min(step, 20));
            return Duration.ofNanos(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
        }
    }

    static ReconnectPolicy initial(boolean persistent) {
        return new ReconnectPolicy(persistent, 0, 0, 0);
    }

    ReconnectPolicy withPersistent(boolean value) {
        return new ReconnectPolicy(value, failures, flaps, suspectedRefusals);
    }

    /// A connection is established.
    ReconnectPolicy connected() {
        return new ReconnectPolicy(persistent, 0, flaps, 0);
    }

    /// The connection has ended.
    Decision lost(Duration uptime, Disconnect.Blame blame) {
        return switch (blame) {
            case PEER_CLOSED -> closedByPeer(uptime);
            case LOCAL -> lost(uptime, true);
            case PEER_GONE, PEER_VIOLATION, OURS -> lost(uptime, false);
        };
    }

    /// The connection has ended otherwise than by [#closedByPeer].
    ///
    /// @param closedHere whether this node closed it on purpose, as it does with an idle lane
    Decision lost(Duration uptime, boolean closedHere) {
        boolean stable = closedHere || uptime.compareTo(MIN_STABLE_UPTIME) >= 0;
        return afterLoss(stable ? 0 : flaps + 1);
    }

    /// The peer has closed the connection: it stops, or an operator has disconnected this node. A peer that is up
    /// again at once is left alone for a while, and longer each time.
    Decision closedByPeer(Duration uptime) {
        int before = uptime.compareTo(FORGIVING_UPTIME) >= 0 ? 0 : flaps;
        return afterLoss(Math.max(before + 1, FIRST_STEP_AFTER_CLOSE));
    }

    private Decision afterLoss(int flapsNow) {
        ReconnectPolicy next = new ReconnectPolicy(persistent, failures, flapsNow, suspectedRefusals);
        return new Decision(next, persistent ? Action.BACK_OFF : Action.REST, flapsNow);
    }

    /// An attempt has failed.
    Decision failed(DialFailure.Kind kind) {
        int suspected = kind == DialFailure.Kind.SUSPECTED_REFUSAL ? suspectedRefusals + 1 : 0;
        ReconnectPolicy next = new ReconnectPolicy(persistent, failures + 1, flaps, suspected);
        boolean refused = kind == DialFailure.Kind.REFUSAL || suspected >= REFUSALS_TO_BELIEVE;
        Action action = refused ? Action.REFUSE : persistent ? Action.BACK_OFF : Action.REST;
        return new Decision(next, action, next.failures);
    }

    /// Whether a caller that needs the connection may start an attempt now.
    ///
    /// @param sinceAttempt the time since the last attempt ended
    boolean mayAttempt(Duration sinceAttempt) {
        return failures + flaps == 0 || sinceAttempt.compareTo(MIN_ATTEMPT_INTERVAL) >= 0;
    }
}
