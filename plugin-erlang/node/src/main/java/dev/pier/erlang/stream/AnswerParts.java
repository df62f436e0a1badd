package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.stream.StreamBuffer.Item;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import org.jspecify.annotations.Nullable;

/// The parts of a large answer, which `pier_stream` sends by credit. For the consumer's thread.
///
/// The parts are messages; together they are the encoded answer. The exit reason of the sender, `{Tag, sent}`, comes
/// after the last of them.
final class AnswerParts {
    private static final Atom SENT = Atom.of("sent");

    private final StreamCall call;
    private final StreamBuffer buffer;
    private final Credit credit;
    private boolean ended;

    /// @param hello the message with which the parts begin
    AnswerParts(StreamCall call, StreamHello hello) {
        this.call = call;
        this.buffer = call.buffer();
        this.credit = new Credit(call, hello);
    }

    /// Removes and gives the next part, waiting until it arrives; `null` behind the last.
    ///
    /// @throws dev.pier.erlang.ErlangException if the answer ends early
    @Nullable
    EncodedTerm next() {
        while (!ended) {
            Item item = buffer.within();
            switch (item) {
                case Item.Message(EncodedTerm message) -> {
                    buffer.remove();
                    EncodedTerm part = credit.take(message);
                    if (part != null) {
                        credit.refill();
                        return bytes(part);
                    }
                    // The function may have sent other messages to its caller.
                }
                case Item.Part(EncodedTerm reason) -> {
                    buffer.remove();
                    ended = true;
                    requireSent(reason.decode(call.limits()));
                }
                case Item.End _ -> ended = true;
            }
        }
        return null;
    }

    private EncodedTerm bytes(EncodedTerm part) {
        EtfInput in = part.open(call.limits());
        if (in.read1() != Tag.BINARY || in.length() != in.remaining()) {
            throw new MalformedTerm("a part of an answer is not a binary");
        }
        return part.from(in);
    }

    private void requireSent(Term reason) {
        if (!(reason instanceof Tuple end)
                || end.arity() != 2
                || !end.get(0).equals(call.tag())
                || !end.get(1).equals(SENT)) {
            throw call.result().failure(reason);
        }
    }
}
