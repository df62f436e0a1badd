package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import org.jspecify.annotations.Nullable;

/// The message with which `pier_stream` begins to send.
///
/// ```
/// {pier_stream, 1, Ref}                  rows follow
/// {pier_stream, 1, Ref, {Rows, Bytes}}   rows follow; the sender has credit for so many
/// {pier_stream, 1, Ref, answer}          the parts of an answer follow
/// {pier_stream, 1, Ref, {Rows, Bytes}, Pid, {Ref, Size, Row}}
///                                        rows follow, beginning with this one; the credit goes to Pid
/// ```
///
/// @param reference in all messages that follow
/// @param isAnswer whether parts of an answer follow, rather than rows
/// @param rows how many rows the sender may send without further credit
/// @param bytes how many bytes it may send
/// @param sender takes the credit; `null` for the process that was started
/// @param first the message with the first row; `null` if that follows
record StreamHello(
        Reference reference,
        boolean isAnswer,
        int rows,
        int bytes,
        @Nullable Pid sender,
        @Nullable EncodedTerm first) {
    private static final Atom PIER_STREAM = Atom.of("pier_stream");
    private static final Atom ANSWER = Atom.of("answer");
    private static final long VERSION = 1;

    /// The most credit that a sender may take by itself.
    private static final int MAX_ROWS = 256;

    private static final int MAX_BYTES = StreamBudget.FIRST_WINDOW;
    private static final DecodeLimits LIMITS = new DecodeLimits(8, 1024, 100, 16);

    /// @return `null` if the message is another
    /// @throws MalformedTerm if the peer's `pier_stream` sends other messages
    static @Nullable StreamHello of(EncodedTerm message, DecodeLimits limits) {
        EtfInput in = message.open(limits);
        if (in.read1() != Tag.SMALL_TUPLE) {
            return null;
        }
        int arity = in.read1();
        if ((arity != 3 && arity != 4 && arity != 6)
                || !Tag.isAtom(in.peek1())
                || !TermDecoder.decodeAtom(in).equals(PIER_STREAM)) {
            return null;
        }
        Term version = next(message, in);
        if (!(next(message, in) instanceof Reference reference)) {
            return null;
        }
        if (!version.equals(IntegerTerm.of(VERSION))) {
            throw new MalformedTerm("the version of pier_stream on the peer is " + version + " instead of " + VERSION);
        }
        if (arity == 3) {
            return new StreamHello(reference, false, 0, 0, null, null);
        }
        Term kind = next(message, in);
        if (kind instanceof Tuple first
                && first.arity() == 2
                && first.get(0) instanceof IntegerTerm(long rows)
                && first.get(1) instanceof IntegerTerm(long bytes)) {
            if (rows < 0 || rows > MAX_ROWS || bytes < 0 || bytes > MAX_BYTES) {
                throw new MalformedTerm("pier_stream on the peer begins with a credit of " + rows + " rows and " + bytes
                        + " bytes: at most " + MAX_ROWS + " and " + MAX_BYTES + " are expected");
            }
            Pid sender = arity == 6 && next(message, in) instanceof Pid pid ? pid : null;
            EncodedTerm row = arity == 6 ? message.from(in) : null;
            return new StreamHello(reference, false, (int) rows, (int) bytes, sender, row);
        }
        return new StreamHello(reference, kind.equals(ANSWER), 0, 0, null, null);
    }

    /// The next element, which is small.
    private static Term next(EncodedTerm message, EtfInput in) {
        return message.next(in).decode(LIMITS);
    }
}
