package dev.pier.erlang.stream;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.call.ErpcCall;
import dev.pier.erlang.call.ErpcResult;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.stream.StreamBuffer.Item;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What comes on a stream, as its consumer takes it: waits for it, and makes exceptions of what ends it early. For the
/// consumer's thread.
public final class StreamReader {
    private static final long FOREVER = Long.MAX_VALUE / 2;

    private final String what;
    private final StreamCall call;
    private final Duration timeout;
    private final DecodeLimits limits;
    private final ErpcResult result;
    private final StreamingEtfInput answer = new StreamingEtfInput(this::nextPart);

    /// @param what the call as errors name it: `backend@host: users:all/0`
    /// @param timeout how long an answer may take to begin, and a returned value may stop arriving
    public StreamReader(String what, StreamCall call, Duration timeout, DecodeLimits limits) {
        this.what = what;
        this.call = call;
        this.timeout = timeout;
        this.limits = limits;
        this.result = new ErpcResult(what, call.tag(), limits);
    }

    DecodeLimits limits() {
        return limits;
    }

    /// The exit reason of the process that was called, while it arrives. Before [#enterAnswer] it is the whole reason,
    /// then the returned value.
    StreamingEtfInput answer() {
        return answer;
    }

    /// Moves [#answer] to the returned value.
    ///
    /// @throws ErlangException if the function did not return
    void enterAnswer() {
        StreamedErpcResult.enter(answer, call.tag(), result, limits);
    }

    /// Sends a message to the process that was called.
    void send(Term message) {
        call.send(message);
    }

    /// What comes first; it stays.
    ///
    /// @throws CallTimeout if nothing comes by the deadline
    Item first(long deadlineNanos) {
        Item item = peek(deadlineNanos);
        if (item == null) {
            throw new CallTimeout(what + " gave no answer within " + timeout.toMillis() + " ms");
        }
        return unlessEnd(item);
    }

    /// What comes next, however long it takes: the connection's own liveness is the bound. It stays.
    Item next() {
        Item item = null;
        while (item == null) {
            item = peek(System.nanoTime() + FOREVER);
        }
        return unlessEnd(item);
    }

    /// Takes out what was seen.
    void remove() {
        call.inflow().remove();
    }

    /// Whether [#next] would not wait, or would not any more after that time.
    boolean await(Duration patience) {
        long nanos = patience.compareTo(Duration.ofNanos(FOREVER)) < 0 ? patience.toNanos() : FOREVER;
        return peek(System.nanoTime() + nanos) != null;
    }

    private @Nullable Item peek(long deadlineNanos) {
        try {
            return call.inflow().peek(deadlineNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled(what + " was given up: the reading thread was interrupted", e);
        }
    }

    private Item unlessEnd(Item item) {
        if (item instanceof Item.End(var failure)) {
            throw failure(failure);
        }
        return item;
    }

    private @Nullable EncodedTerm nextPart() {
        return switch (peek(System.nanoTime() + timeout.toNanos())) {
            case null ->
                throw new CallTimeout(what + " stopped answering in the middle, for " + timeout.toMillis() + " ms");
            case Item.Part(EncodedTerm bytes) -> {
                remove();
                yield bytes;
            }
            case Item.Message _ -> throw new MalformedTerm(what + " sent a message behind its answer");
            case Item.End(var failure) -> {
                if (failure != null || call.isClosed()) {
                    throw failure(failure);
                }
                yield null;
            }
        };
    }

    private ErlangException failure(ErpcCall.@Nullable Outcome outcome) {
        return switch (outcome) {
            case null -> new CallCancelled("the stream of " + what + " has been closed");
            case ErpcCall.Outcome.NotSpawned(Term why) ->
                new RemoteError(what + " could not be started: " + Excerpt.of(why), why, ListTerm.EMPTY);
            case ErpcCall.Outcome.Oversized(String limit) ->
                new MalformedTerm(what + " gave something that is not taken: " + limit);
            case ErpcCall.Outcome.Lost(var disconnect) ->
                new ConnectionLost(
                        what + " got no further: connection lost, " + disconnect.reason(), disconnect.cause());
            case ErpcCall.Outcome.Exited _, ErpcCall.Outcome.ExitedDecoded _ ->
                throw new IllegalStateException("an exit reason comes in parts here");
        };
    }

    @Override
    public String toString() {
        return what;
    }
}
