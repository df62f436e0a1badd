package dev.pier.erlang.transport;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The TLS of a connection, for monitoring.
///
/// @param protocol such as `TLSv1.3`
/// @param cipher such as `TLS_AES_256_GCM_SHA384`
/// @param peerSubject whom the peer's certificate names; `null` if the peer has shown none
/// @param peerExpires when the peer's certificate expires, likewise
/// @param ownExpires when the certificate of this node expires that the connection was opened with; `null` if this
///     node has shown none
public record TlsInfo(
        String protocol,
        String cipher,
        @Nullable String peerSubject,
        @Nullable Instant peerExpires,
        @Nullable Instant ownExpires) {}
