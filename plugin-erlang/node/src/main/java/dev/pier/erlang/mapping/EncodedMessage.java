package dev.pier.erlang.mapping;

import dev.pier.erlang.GenServer;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Message;
import dev.pier.erlang.Reply;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.GenCaller;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A message that is decoded each time it is read. A report of the node (the end of a monitored or linked process) is
/// kept as values, and becomes a term only on request.
public final class EncodedMessage implements Message {
    private static final Atom DOWN = Atom.of("DOWN");
    private static final Atom PROCESS = Atom.of("process");

    private final Content content;
    private final Decoding decoding;

    /// Answers a call; `null` if the message is not one that a process has received.
    private final @Nullable Function<GenCaller, GenServer.From> callers;

    /// How the processes of this node decode messages.
    public record Decoding(ValueMapper mapper, DecodeLimits limits) {}

    private sealed interface Content {
        record Sent(EncodedTerm term) implements Content {}

        record Ended(Reference monitor, Term process, ExitReason reason) implements Content {}

        record ExitSignal(Pid from, ExitReason reason) implements Content {}
    }

    private EncodedMessage(Content content, Decoding decoding, @Nullable Function<GenCaller, GenServer.From> callers) {
        this.content = content;
        this.decoding = decoding;
        this.callers = callers;
    }

    public static EncodedMessage sent(EncodedTerm term, Decoding decoding) {
        return new EncodedMessage(new Content.Sent(term), decoding, null);
    }

    /// A message that a process has received.
    ///
    /// @param callers answers a call in the name of the process
    public static EncodedMessage received(
            EncodedTerm term, Decoding decoding, Function<GenCaller, GenServer.From> callers) {
        return new EncodedMessage(new Content.Sent(term), decoding, callers);
    }

    public static EncodedMessage down(Reference monitor, Term process, ExitReason reason, Decoding decoding) {
        return new EncodedMessage(new Content.Ended(monitor, process, reason), decoding, null);
    }

    public static EncodedMessage exit(Pid from, ExitReason reason, Decoding decoding) {
        return new EncodedMessage(new Content.ExitSignal(from, reason), decoding, null);
    }

    /// Whether this is the `DOWN` of that monitor.
    public boolean isDown(Reference monitor) {
        return content instanceof Content.Ended ended && ended.monitor().equals(monitor);
    }

    /// How many bytes of memory the message, or the reason of a report, keeps from being freed.
    public long retainedBytes() {
        return switch (content) {
            case Content.Sent(EncodedTerm term) -> term.retainedBytes();
            case Content.Ended ended -> ended.reason().retainedBytes();
            case Content.ExitSignal signal -> signal.reason().retainedBytes();
        };
    }

    /// The same report with a reason that says that its own was discarded.
    public EncodedMessage withoutReason() {
        return switch (content) {
            case Content.Sent _ -> this;
            case Content.Ended(Reference monitor, Term process, ExitReason _) ->
                down(monitor, process, ExitReason.UNREADABLE, decoding);
            case Content.ExitSignal(Pid from, ExitReason _) -> exit(from, ExitReason.UNREADABLE, decoding);
        };
    }

    /// Whether this is a report of an exit signal. Decodes nothing, unlike [#exit].
    public boolean isExit() {
        return content instanceof Content.ExitSignal;
    }

    /// The term as it was sent; empty for a report of the node.
    public Optional<EncodedTerm> encoded() {
        return content instanceof Content.Sent(EncodedTerm term) ? Optional.of(term) : Optional.empty();
    }

    @Override
    public Optional<Down> down() {
        return content instanceof Content.Ended(Reference monitor, Term process, ExitReason reason)
                ? Optional.of(new Down(monitor, process, reason.term()))
                : Optional.empty();
    }

    @Override
    public Optional<Exit> exit() {
        return content instanceof Content.ExitSignal(Pid from, ExitReason reason)
                ? Optional.of(new Exit(from, reason.term()))
                : Optional.empty();
    }

    @Override
    public Optional<GenServer.Call> call() {
        if (callers == null || !(content instanceof Content.Sent(EncodedTerm term))) {
            return Optional.empty();
        }
        try {
            EtfInput in = term.open(decoding.limits());
            return GenCaller.ofCall(in)
                    .map(caller -> new GenServer.Call(sent(term.from(in), decoding), callers.apply(caller)));
        } catch (MalformedTerm notACall) {
            return Optional.empty();
        }
    }

    @Override
    public Term term() {
        return switch (content) {
            case Content.Sent(EncodedTerm term) -> new EncodedReply(term, decoding.mapper(), decoding.limits()).term();
            case Content.Ended(Reference monitor, Term process, ExitReason reason) ->
                Tuple.of(DOWN, monitor, PROCESS, process, reason.term());
            case Content.ExitSignal(Pid from, ExitReason reason) ->
                Tuple.of(WellKnownAtoms.EXIT_TUPLE, from, reason.term());
        };
    }

    private EncodedReply reply() {
        return new EncodedReply(
                encoded().orElseGet(() -> EncodedTerm.of(term())), decoding.mapper(), decoding.limits());
    }

    @Override
    public <T> T as(Class<T> type) {
        return reply().as(type);
    }

    @Override
    public <T> T as(TypeReference<T> type) {
        return reply().as(type);
    }

    @Override
    public Reply ok() {
        return reply().ok();
    }

    @Override
    public <T> Optional<T> asOptional(Class<T> type) {
        return reply().asOptional(type);
    }

    @Override
    public void writeJson(OutputStream out) throws IOException {
        reply().writeJson(out);
    }

    @Override
    public String toString() {
        return switch (content) {
            case Content.Sent(EncodedTerm term) -> "Message[" + term.length() + " bytes]";
            case Content.Ended(Reference monitor, Term process, ExitReason reason) ->
                "Message[DOWN " + monitor + " " + process + ": " + reason + "]";
            case Content.ExitSignal(Pid from, ExitReason reason) -> "Message[EXIT " + from + ": " + reason + "]";
        };
    }
}
