package dev.pier.erlang.plugin;

/// How many nodes of a peer must be connected before the server is ready.
enum Required {
    NONE,
    /// One that takes calls.
    ANY,
    ALL,
    /// As [#ANY].
    TRUE,
    /// As [#NONE].
    FALSE;

    /// One of the first three.
    Required plain() {
        return switch (this) {
            case NONE, FALSE -> NONE;
            case ANY, TRUE -> ANY;
            case ALL -> ALL;
        };
    }
}
