package dev.pier.erlang.servlet.mount;

/// The treatment of an application's headers that belong to the connection, such as `Connection`.
enum HopByHop {
    /// The response fails, as EWGI says.
    REFUSED,
    DROPPED
}
