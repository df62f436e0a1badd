package dev.pier.erlang.servlet;

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
import dev.pier.erlang.RemoteException;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.UnsupportedByPeer;
import jakarta.servlet.ServletException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The HTTP form of an [ErlangException]. The sentence is for unknown clients: it names no node, function or
/// reason. The log has those, under a reference.
///
/// @param status the HTTP status
/// @param sentence what happened, for the body
/// @param retryAfter when the same request may succeed; empty if that is unknown, or if the function may have run
/// @param fault whose fault it is, which decides how it is logged
record ErlangFailure(int status, String sentence, Optional<Duration> retryAfter, Fault fault) {
    enum Fault {
        /// Passes by itself, or is expected, as a client's mistake is. Health and metrics show it, so it is not
        /// logged for each request.
        TRANSIENT,
        /// The Erlang side, or the connection to it.
        ERLANG,
        /// The web application passed a value that has no Erlang form.
        APPLICATION
    }

    static ErlangFailure of(ErlangException e) {
        return switch (e) {
            case NotConnected _ -> unavailable("The Erlang node is not connected.", Duration.ofSeconds(5));
            case Overloaded _ -> unavailable("Too many calls are waiting for the Erlang node.", Duration.ofSeconds(1));
            case CallCancelled _ ->
                new ErlangFailure(
                        503, "The call was cancelled before its answer came.", Optional.empty(), Fault.TRANSIENT);
            // Trying again does not help: the operator has to change the peer or the application.
            case UnsupportedByPeer _ -> ofErlang(502, "The Erlang node does not support what was asked of it.");
            case CallTimeout _ -> ofErlang(504, "The Erlang node did not answer in time.");
            case ConnectionLost _ -> ofErlang(502, "The connection was lost before the answer came.");
            case ProcessEnded _ -> ofErlang(502, "The process that communicates with Erlang has ended.");
            case RemoteException _, ReturnedError _ -> ofErlang(502, "The Erlang function failed.");
            case MalformedTerm _, UnexpectedTerm _ -> ofErlang(502, "The Erlang node's answer could not be used.");
            case BadBody body -> ofClient(body);
            case BadArgument _ ->
                new ErlangFailure(
                        500,
                        "The application passed a value that has no Erlang form.",
                        Optional.empty(),
                        Fault.APPLICATION);
        };
    }

    /// The failure of a function that returned an error for which the application has chosen a status. It is a normal
    /// answer, so it is not logged for each request.
    static ErlangFailure chosen(int status) {
        return new ErlangFailure(status, "The Erlang function returned an error.", Optional.empty(), Fault.TRANSIENT);
    }

    private static ErlangFailure ofClient(BadBody body) {
        int status = switch (body.kind()) {
            case MALFORMED, UNEXPECTED, INCOMPLETE -> 400;
            case TOO_LARGE -> 413;
            case UNSUPPORTED_TYPE -> 415;
        };
        return new ErlangFailure(status, String.valueOf(body.getMessage()), Optional.empty(), Fault.TRANSIENT);
    }

    private static ErlangFailure unavailable(String sentence, Duration retryAfter) {
        return new ErlangFailure(503, sentence, Optional.of(retryAfter), Fault.TRANSIENT);
    }

    private static ErlangFailure ofErlang(int status, String sentence) {
        return new ErlangFailure(status, sentence, Optional.empty(), Fault.ERLANG);
    }

    /// The Erlang failure in an exception that a servlet threw: the exception itself, or the cause inside the
    /// wrappers of servlets and futures. An application's own exception around a failure is left alone.
    static Optional<ErlangException> in(@Nullable Throwable thrown) {
        return switch (thrown) {
            case null -> Optional.empty();
            case ErlangException e -> Optional.of(e);
            case ServletException e -> in(e.getRootCause());
            case CompletionException e -> in(e.getCause());
            case ExecutionException e -> in(e.getCause());
            default -> Optional.empty();
        };
    }
}
