package dev.pier.erlang.link;

import java.time.Duration;

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

    static ReconnectPolicy initial(boolean persistent) {
        return new ReconnectPolicy(persistent, 0, 0, 0);
    }

    /// A connection is established.
    ReconnectPolicy connected() {
        return new ReconnectPolicy(persistent, 0, flaps, 0);
    }

    /// The connection has ended.
    ///
    /// @param closedHere whether this node closed it on purpose, as it does with an idle lane
    Decision lost(Duration uptime, boolean closedHere) {
        boolean stable = closedHere || uptime.compareTo(MIN_STABLE_UPTIME) >= 0;
        ReconnectPolicy next = new ReconnectPolicy(persistent, failures, stable ? 0 : flaps + 1, suspectedRefusals);
        return new Decision(next, persistent ? Action.BACK_OFF : Action.REST, next.flaps);
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
