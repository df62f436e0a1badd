package dev.pier.erlang.node;

import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.trace.ServedListener;

/// Observes the calls of a node for a tracing system. Safe for many threads.
///
/// [dev.pier.erlang.opentelemetry.ErlangTracing] is the one for OpenTelemetry.
public interface NodeTracing {
    /// No tracing.
    NodeTracing NONE = new NodeTracing() {
        @Override
        public CallListener calls(String peer, CallListener listener) {
            return listener;
        }

        @Override
        public ServedListener served() {
            return ServedListener.NONE;
        }
    };

    /// The observer of calls to a peer.
    ///
    /// @param peer its name: that of the settings, or a node name
    /// @param listener is to be told of the calls, too
    CallListener calls(String peer, CallListener listener);

    /// The observer of calls from Erlang.
    ServedListener served();
}
