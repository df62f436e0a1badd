package dev.pier.erlang;

import java.time.Duration;
import java.util.Objects;

/// The options of a call. Immutable: each `with…` method returns a new value.
///
/// @param timeout how long the whole call may take, connecting included; above zero. Default: 5 seconds
/// @param chardataAsText whether nested lists of printable text in the answer, as `io_lib:format/2` returns them,
///     become strings in JSON; lists of binaries do as well. Default: false, which leaves it to the setting
///     `erlang.json.chardata`
/// @param records the records by which tuples of the answer are read as maps: in JSON, and where a map, a Java
///     record or an `Object` is asked for; in addition to those of the setting `erlang.records`. Default: none
public record CallOptions(Duration timeout, boolean chardataAsText, RecordDefinitions records) {
    /// A timeout of 5 seconds, as in `gen_server:call/2`.
    public static final CallOptions DEFAULT = new CallOptions(Duration.ofSeconds(5));

    public CallOptions {
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(records, "records");
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("the timeout of a call must be above zero, not " + timeout);
        }
    }

    /// The default options with a timeout.
    public CallOptions(Duration timeout) {
        this(timeout, false, RecordDefinitions.NONE);
    }

    public CallOptions withTimeout(Duration newTimeout) {
        return new CallOptions(newTimeout, chardataAsText, records);
    }

    public CallOptions withChardataAsText(boolean asText) {
        return new CallOptions(timeout, asText, records);
    }

    public CallOptions withRecords(RecordDefinitions definitions) {
        return new CallOptions(timeout, chardataAsText, definitions);
    }
}
