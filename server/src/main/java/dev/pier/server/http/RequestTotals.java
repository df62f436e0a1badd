package dev.pier.server.http;

import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/// Requests that have ended since the start.
///
/// @param clientErrors those with a status from 400 to 499
/// @param errors those with a status from 500
/// @param seconds the time of all together
public record RequestTotals(long count, long clientErrors, long errors, double seconds) {
    public static final RequestTotals NONE = new RequestTotals(0, 0, 0, 0);

    static RequestTotals of(int statusClass, Timer timer) {
        long count = timer.count();
        return new RequestTotals(
                count, statusClass == 4 ? count : 0, statusClass == 5 ? count : 0, timer.totalTime(TimeUnit.SECONDS));
    }

    /// The sum of both.
    public RequestTotals plus(RequestTotals other) {
        return new RequestTotals(
                count + other.count, clientErrors + other.clientErrors, errors + other.errors, seconds + other.seconds);
    }
}
