package dev.pier.erlang.stream;

import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.call.CallStrategy;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.call.GroupLeaderLookup;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import java.time.Duration;

/// The module `pier_stream` on a peer. Where the peer has it, streams share the connection.
final class StreamModule {
    static final Atom NAME = Atom.of("pier_stream");
    static final Atom EXECUTE = Atom.of("execute");

    private static final Atom VERSION = Atom.of("version");

    /// The first version with `execute/4`.
    private static final long FIRST = 2;

    private StreamModule() {}

    /// Whether the peer can run streams over this connection. Asks the peer once per connection.
    ///
    /// @param load whether to load the module into a peer that lacks it
    /// @param peer the node of the session, for loading
    /// @throws ErlangException if the peer does not answer
    static boolean isThere(
            Session session, boolean load, Peer peer, long deadlineNanos, Duration timeout, DecodeLimits limits)
            throws ConnectionEnded {
        Boolean known = session.sharesStreams();
        if (known != null) {
            return known;
        }
        if (load) {
            ModuleLoader.load(NAME.name(), peer);
        }
        boolean there = hasVersion(session, deadlineNanos, timeout, limits);
        session.sharesStreams(there);
        return there;
    }

    private static boolean hasVersion(Session session, long deadlineNanos, Duration timeout, DecodeLimits limits)
            throws ConnectionEnded {
        FunctionCall version = new FunctionCall(session.peer(), NAME, VERSION, 0, TermEncoder::encodeNil);
        try {
            return CallStrategy.SPAWNED
                                    .start(session, version, GroupLeaderLookup.of(session, deadlineNanos))
                                    .await(deadlineNanos, timeout, limits)
                                    .decode(limits)
                            instanceof IntegerTerm number
                    && number.value() >= FIRST;
        } catch (RemoteError undefined) {
            return false;
        }
    }
}
