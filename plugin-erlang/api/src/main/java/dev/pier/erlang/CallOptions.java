package dev.pier.erlang;

import java.time.Duration;
import java.util.Objects;

/// How a call is made. A value: each `with…` gives another one.
///
/// @param timeout how long the whole call may take, connecting included; above zero
public record CallOptions(Duration timeout) {
    /// 5 seconds, as in `gen_server:call`.
    public static final CallOptions DEFAULT = new CallOptions(Duration.ofSeconds(5));

    public CallOptions {
        Objects.requireNonNull(timeout, "timeout");
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a call's timeout is above zero, not " + timeout);
        }
    }

    public CallOptions withTimeout(Duration newTimeout) {
        return new CallOptions(newTimeout);
    }
}
