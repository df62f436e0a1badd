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
    static final Atom SPAWNED = Atom.of("spawned");
    static final Atom BATCHED = Atom.of("batched");

    private static final Atom VERSION = Atom.of("version");

    /// The first version with `execute/4`.
    static final int FIRST = 2;

    /// The first version with `spawned/4` and `batched/4`.
    static final int WITH_REQUESTS = 5;

    private StreamModule() {}

    /// The version of the module on the peer; 0 if it is not there. Streams share the connection from [#FIRST] on. Asks
    /// the peer once per connection.
    ///
    /// @param load whether to load the module into a peer that lacks it
    /// @param peer the node of the session, for loading
    /// @throws ErlangException if the peer does not answer
    static int version(
            Session session, boolean load, Peer peer, long deadlineNanos, Duration timeout, DecodeLimits limits)
            throws ConnectionEnded {
        Integer known = session.streamVersion();
        if (known != null) {
            return known;
        }
        if (load) {
            ModuleLoader.load(NAME.name(), peer);
        }
        int version = ask(session, deadlineNanos, timeout, limits);
        session.streamVersion(version);
        return version;
    }

    private static int ask(Session session, long deadlineNanos, Duration timeout, DecodeLimits limits)
            throws ConnectionEnded {
        FunctionCall version = new FunctionCall(session.peer(), NAME, VERSION, 0, TermEncoder::encodeNil);
        try {
            return CallStrategy.SPAWNED
                                    .start(session, version, GroupLeaderLookup.of(session, deadlineNanos))
                                    .await(deadlineNanos, timeout, limits)
                                    .decode(limits)
                            instanceof IntegerTerm number
                    ? Math.clamp(number.value(), 0, Integer.MAX_VALUE)
                    : 0;
        } catch (RemoteError undefined) {
            return 0;
        }
    }
}
