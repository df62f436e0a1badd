package dev.pier.erlang.transport;

/// Whether connections are within TLS.
public enum TlsUse {
    /// Plain TCP; TLS is refused.
    OFF,
    /// TLS; plain TCP is refused.
    REQUIRED
}
