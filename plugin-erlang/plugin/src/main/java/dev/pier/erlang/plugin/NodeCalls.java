package dev.pier.erlang.plugin;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.server.plugin.OperationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// What an operator lets a node do: ping another one, and call a function there.
///
/// *Threads.* Safe for all threads; blocks for up to the timeout.
record NodeCalls(ErlangNode node) {
    private static final int MAX_TEXT = 1_000_000;
    private static final int MAX_TIMEOUT_SECONDS = 3600;
    private static final JsonMapper JSON = JsonMapper.shared();

    /// Pings the node or peer `node`.
    Map<String, Object> ping(Map<String, String> arguments) throws OperationException {
        Peer peer = peer(argument(arguments, "node"));
        long begin = System.nanoTime();
        boolean answered = peer.ping();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("node", peer.name());
        result.put("answer", answered ? "pong" : "pang");
        result.put("millis", Duration.ofNanos(System.nanoTime() - begin).toMillis());
        if (!answered) {
            peer.status().lastProblem().ifPresent(problem -> result.put("problem", problem));
        }
        return result;
    }

    /// Makes the call `call`, in the syntax of Erlang, on `peer`.
    ///
    /// @return the answer as `term`, in the syntax of Erlang, and as `json` if it can be written so
    Map<String, Object> call(Map<String, String> arguments) throws OperationException {
        Peer peer = peer(argument(arguments, "peer"));
        Duration timeout = timeout(Optional.ofNullable(arguments.get("timeout")));
        try {
            CallExpression call = CallExpression.parse(argument(arguments, "call"));
            Reply reply = peer.with(CallOptions.DEFAULT.withTimeout(timeout))
                    .call(call.module(), call.function(), call.arguments().toArray());
            String text = reply.term().excerpt(MAX_TEXT);
            if (text.length() > MAX_TEXT) {
                throw new OperationException(502, "The answer has more than " + MAX_TEXT + " characters");
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("term", text);
            putJson(reply, result);
            return result;
        } catch (IllegalArgumentException e) {
            throw new OperationException(400, String.valueOf(e.getMessage()));
        } catch (ErlangException e) {
            throw new OperationException(status(e), String.valueOf(e.getMessage()));
        }
    }

    private static void putJson(Reply reply, Map<String, Object> result) throws OperationException {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            reply.writeJson(out);
            result.put("json", JSON.readTree(out.toByteArray()));
        } catch (UnexpectedTerm _) {
            // JSON has no form for some terms, such as funs; the text is there.
        } catch (IOException e) {
            throw new OperationException(500, e.toString());
        }
    }

    private static int status(ErlangException failure) {
        return switch (failure) {
            case NotConnected _, Overloaded _ -> 503;
            case CallTimeout _ -> 504;
            default -> 502;
        };
    }

    private Peer peer(String name) throws OperationException {
        try {
            return node.peer(name);
        } catch (IllegalArgumentException e) {
            throw new OperationException(404, String.valueOf(e.getMessage()));
        }
    }

    private static Duration timeout(Optional<String> seconds) throws OperationException {
        if (seconds.isEmpty()) {
            return CallOptions.DEFAULT.timeout();
        }
        try {
            int value = Integer.parseInt(seconds.get());
            if (value >= 1 && value <= MAX_TIMEOUT_SECONDS) {
                return Duration.ofSeconds(value);
            }
        } catch (NumberFormatException _) {
            // Told as a number out of bounds.
        }
        throw new OperationException(400, "The timeout is a whole number of seconds from 1 to " + MAX_TIMEOUT_SECONDS);
    }

    private static String argument(Map<String, String> arguments, String name) throws OperationException {
        String value = arguments.get(name);
        if (value == null) {
            throw new OperationException(400, "The argument " + name + " is missing");
        }
        return value;
    }
}
