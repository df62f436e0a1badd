package dev.pier.erlang.trace;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.BadBody;
import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.RemoteThrow;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.UnsupportedByPeer;
import org.jspecify.annotations.Nullable;

/// The ends of calls as metrics and traces name them.
public final class Outcome {
    private Outcome() {}

    /// @param failure how the call failed; `null` for an answer
    public static String of(@Nullable ErlangException failure) {
        return switch (failure) {
            case null -> "ok";
            case RemoteThrow _ -> "throw";
            case RemoteExit _ -> "exit";
            case RemoteError _, ReturnedError _ -> "error";
            case CallTimeout _ -> "timeout";
            case CallCancelled _ -> "cancelled";
            case ConnectionLost _ -> "connection_lost";
            case NotConnected _ -> "not_connected";
            case Overloaded _ -> "overloaded";
            case UnsupportedByPeer _ -> "unsupported";
            case BadArgument _ -> "bad_argument";
            case BadBody _ -> "bad_body";
            case ProcessEnded _ -> "process_ended";
            case MalformedTerm _, UnexpectedTerm _ -> "malformed";
        };
    }
}
