package dev.pier.erlang.call;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.mapping.AnswerErrors;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.process.DeadlineParker;
import dev.pier.erlang.term.ListTerm;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A call whose answer is awaited as a whole.
///
/// Threads: the calling thread starts it and waits; the connection's reader reports. The first report that ends
/// the call wins.
public final class PendingCall implements PendingReply {
    private final RemoteExecution execution;
    private final FunctionCall call;
    private final Thread waiter = Thread.currentThread();
    private final AtomicReference<@Nullable CallOutcome> outcome = new AtomicReference<>();

    PendingCall(RemoteExecution execution, FunctionCall call) {
        this.execution = execution;
        this.call = call;
    }

    /// Waits for the answer, on the thread that started the call, and reads it. A call that ends by its timeout
    /// or by an interrupt is stopped on the peer.
    ///
    /// @param timeout the whole timeout of the call, for the message
    /// @return the returned value, still encoded
    /// @throws dev.pier.erlang.ErlangException if the function did not return, or the call ended without an
    ///     answer
    public EncodedTerm await(long deadlineNanos, Duration timeout, DecodeLimits limits) {
        CallOutcome end;
        try {
            end = await(deadlineNanos);
        } catch (InterruptedException e) {
            execution.abandon();
            Thread.currentThread().interrupt();
            throw new CallCancelled(call + " was cancelled: the calling thread was interrupted", e);
        }
        try {
            return value(end, timeout, limits);
        } catch (MalformedTerm e) {
            throw AnswerErrors.inAnswer(e);
        }
    }

    private EncodedTerm value(@Nullable CallOutcome end, Duration timeout, DecodeLimits limits) {
        return switch (end) {
            case null -> {
                execution.abandon();
                throw new CallTimeout(call + " gave no answer within " + timeout.toMillis() + " ms");
            }
            case CallOutcome.Answered(var answer) ->
                execution.result(call, limits).value(answer);
            case CallOutcome.AnsweredDecoded(var answer) ->
                execution.result(call, limits).value(answer);
            case CallOutcome.NotSpawned(var why) ->
                throw new RemoteError(call + " could not be started: " + Excerpt.of(why), why, ListTerm.EMPTY);
            case CallOutcome.Oversized(var limit) ->
                throw new MalformedTerm(call + " gave an answer that was discarded: " + limit);
            case CallOutcome.Lost(var disconnect) ->
                throw new ConnectionLost(
                        call + " got no answer: connection lost, " + disconnect.reason(), disconnect.cause());
        };
    }

    /// @return `null` if the call has not ended by the deadline
    private @Nullable CallOutcome await(long deadlineNanos) throws InterruptedException {
        while (outcome.get() == null) {
            if (deadlineNanos - System.nanoTime() <= 0) {
                return null;
            }
            DeadlineParker.park(this, deadlineNanos);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return outcome.get();
    }

    @Override
    public void on(Event event) {
        CallOutcome end = execution.outcome(event);
        if (end != null && outcome.compareAndSet(null, end)) {
            LockSupport.unpark(waiter);
        }
    }
}
