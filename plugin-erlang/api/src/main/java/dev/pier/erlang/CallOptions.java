package dev.pier.erlang;

import java.time.Duration;
import java.util.Objects;

/// The options of a call. Immutable: each `with…` method returns a new value.
///
/// @param timeout how long the whole call may take, connecting included; above zero. Default: 5 seconds
public record CallOptions(Duration timeout) {
    /// A timeout of 5 seconds, as in `gen_server:call/2`.
    public static final CallOptions DEFAULT = new CallOptions(Duration.ofSeconds(5));

    public CallOptions {
        Objects.requireNonNull(timeout, "timeout");
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("the timeout of a call must be above zero, not " + timeout);
        }
    }

    public CallOptions withTimeout(Duration newTimeout) {
        return new CallOptions(newTimeout);
    }
}
