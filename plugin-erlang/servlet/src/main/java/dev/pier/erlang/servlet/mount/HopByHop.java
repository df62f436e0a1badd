package dev.pier.erlang.servlet.mount;

/// What becomes of headers of an application that belong to the connection, such as `Connection`.
enum HopByHop {
    /// The response fails, as EWGI says.
    REFUSED,
    DROPPED
}
