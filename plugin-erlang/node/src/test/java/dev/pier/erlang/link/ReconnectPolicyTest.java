package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.connection.Disconnect.Blame;
import dev.pier.erlang.link.ReconnectPolicy.Action;
import dev.pier.erlang.link.ReconnectPolicy.Decision;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconnectPolicyTest {
    @ParameterizedTest
    @CsvSource({
        // persistent, failures, flaps, suspected, kind              -> action, step, failures, flaps, suspected
        "true,  0, 0, 0, AWAY,              BACK_OFF, 1, 1, 0, 0",
        "false, 0, 0, 0, AWAY,              REST,     1, 1, 0, 0",
        "true,  7, 3, 0, AWAY,              BACK_OFF, 8, 8, 3, 0",
        "true,  0, 0, 0, REFUSAL,           REFUSE,   1, 1, 0, 0",
        "false, 0, 0, 0, REFUSAL,           REFUSE,   1, 1, 0, 0",
        "true,  0, 0, 0, SUSPECTED_REFUSAL, BACK_OFF, 1, 1, 0, 1",
        "false, 0, 0, 0, SUSPECTED_REFUSAL, REST,     1, 1, 0, 1",
        "true,  1, 0, 1, SUSPECTED_REFUSAL, REFUSE,   2, 2, 0, 2",
        "false, 1, 0, 1, SUSPECTED_REFUSAL, REFUSE,   2, 2, 0, 2",
        "true,  2, 0, 2, SUSPECTED_REFUSAL, REFUSE,   3, 3, 0, 3",
        "true,  1, 0, 1, AWAY,              BACK_OFF, 2, 2, 0, 0",
        "true,  1, 0, 1, REFUSAL,           REFUSE,   2, 2, 0, 0"
    })
    void afterAFailedAttempt(
            boolean persistent,
            int failures,
            int flaps,
            int suspected,
            DialFailure.Kind kind,
            Action action,
            int step,
            int failuresAfter,
            int flapsAfter,
            int suspectedAfter) {
        assertThat(new ReconnectPolicy(persistent, failures, flaps, suspected).failed(kind))
                .isEqualTo(new Decision(
                        new ReconnectPolicy(persistent, failuresAfter, flapsAfter, suspectedAfter), action, step));
    }

    @ParameterizedTest
    @CsvSource({
        // persistent, flaps, uptime in ms, closed here -> action, step, flaps
        "true,  0, 9999,  false, BACK_OFF, 1, 1",
        "true,  4, 9999,  false, BACK_OFF, 5, 5",
        "true,  4, 10000, false, BACK_OFF, 0, 0",
        "true,  4, 1,     true,  BACK_OFF, 0, 0",
        "false, 0, 9999,  false, REST,     1, 1",
        "false, 4, 10000, false, REST,     0, 0",
        "false, 4, 1,     true,  REST,     0, 0"
    })
    void afterALostConnection(
            boolean persistent, int flaps, long uptime, boolean closedHere, Action action, int step, int flapsAfter) {
        assertThat(new ReconnectPolicy(persistent, 0, flaps, 0).lost(Duration.ofMillis(uptime), closedHere))
                .isEqualTo(new Decision(new ReconnectPolicy(persistent, 0, flapsAfter, 0), action, step));
    }

    /// It may be the work of an operator, so the first pause is long enough to be noticed.
    @ParameterizedTest
    @CsvSource({
        // persistent, flaps, uptime in s -> action, step, flaps
        "true,  0, 1,   BACK_OFF, 3, 3",
        "true,  0, 999, BACK_OFF, 3, 3",
        "true,  3, 30,  BACK_OFF, 4, 4",
        "true,  4, 599, BACK_OFF, 5, 5",
        "true,  4, 600, BACK_OFF, 3, 3",
        "false, 3, 30,  REST,     4, 4"
    })
    void afterTheConnectionWasClosedByThePeer(
            boolean persistent, int flaps, long uptime, Action action, int step, int flapsAfter) {
        assertThat(new ReconnectPolicy(persistent, 0, flaps, 0).lost(Duration.ofSeconds(uptime), Blame.PEER_CLOSED))
                .isEqualTo(new Decision(new ReconnectPolicy(persistent, 0, flapsAfter, 0), action, step));
    }

    @ParameterizedTest
    @CsvSource({"PEER_GONE, 0", "PEER_VIOLATION, 0", "OURS, 0", "LOCAL, 0", "PEER_CLOSED, 5"})
    void onlyAPeerThatClosesIsLeftAloneAfterALongConnection(Blame blame, int flapsAfter) {
        assertThat(new ReconnectPolicy(true, 0, 4, 0)
                        .lost(Duration.ofMinutes(1), blame)
                        .policy()
                        .flaps())
                .isEqualTo(flapsAfter);
    }

    @Test
    void aConnectionEndsFailuresAndSuspicionsButNotFlaps() {
        assertThat(new ReconnectPolicy(true, 5, 4, 3).connected()).isEqualTo(new ReconnectPolicy(true, 0, 4, 0));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0,   true", "1, 0, 249, false", "0, 1, 249, false", "1, 0, 250, true", "0, 1, 250, true"})
    void callersMayStartAnAttemptUnlessOneHasJustFailed(int failures, int flaps, long millis, boolean allowed) {
        assertThat(new ReconnectPolicy(true, failures, flaps, 0).mayAttempt(Duration.ofMillis(millis)))
                .isEqualTo(allowed);
    }
}
