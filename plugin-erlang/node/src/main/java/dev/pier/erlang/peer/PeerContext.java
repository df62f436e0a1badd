package dev.pier.erlang.peer;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.process.EndlessUses;
import dev.pier.erlang.process.ProcessTable;

/// The parts that all nodes of a peer share.
///
/// @param processes the processes of this node, from which calls to servers come
/// @param listener is called for each call
/// @param endless the streams that end when the application begins to drain, or the server to stop
record PeerContext(
        ProcessTable processes, ValueMapper mapper, DecodeLimits limits, CallListener listener, EndlessUses endless) {
    /// The same with what the options of a call change.
    PeerContext with(CallOptions options) {
        ValueMapper changed = mapper.with(options);
        return changed.equals(mapper) ? this : new PeerContext(processes, changed, limits, listener, endless);
    }
}
