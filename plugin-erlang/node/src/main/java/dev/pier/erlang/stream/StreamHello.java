package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Tuple;
import org.jspecify.annotations.Nullable;

/// The message with which `pier_stream` begins to send.
///
/// ```
/// {pier_stream, 1, Ref}                  rows follow
/// {pier_stream, 1, Ref, {Rows, Bytes}}   rows follow; the sender has credit for so many
/// {pier_stream, 1, Ref, answer}          the parts of an answer follow
/// ```
///
/// @param reference in all messages that follow
/// @param isAnswer whether parts of an answer follow, rather than rows
/// @param rows how many rows the sender may send without further credit
/// @param bytes how many bytes it may send
record StreamHello(Reference reference, boolean isAnswer, int rows, int bytes) {
    private static final Atom PIER_STREAM = Atom.of("pier_stream");
    private static final Atom ANSWER = Atom.of("answer");
    private static final long VERSION = 1;

    /// The most credit that a sender may take by itself.
    private static final int MAX_ROWS = 256;

    private static final int MAX_BYTES = StreamBudget.FIRST_WINDOW;
    private static final DecodeLimits LIMITS = new DecodeLimits(8, 1024, 100, 16);

    /// @return `null` if the message is another
    /// @throws MalformedTerm if the peer's `pier_stream` sends other messages
    static @Nullable StreamHello of(EncodedTerm message) {
        if (message.length() > LIMITS.bytes()
                || !(message.decode(LIMITS) instanceof Tuple hello)
                || !(hello.is(PIER_STREAM, 3) || hello.is(PIER_STREAM, 4))
                || !(hello.get(2) instanceof Reference reference)) {
            return null;
        }
        if (!hello.get(1).equals(IntegerTerm.of(VERSION))) {
            throw new MalformedTerm(
                    "the version of pier_stream on the peer is " + hello.get(1) + " instead of " + VERSION);
        }
        if (hello.arity() == 4
                && hello.get(3) instanceof Tuple first
                && first.arity() == 2
                && first.get(0) instanceof IntegerTerm(long rows)
                && first.get(1) instanceof IntegerTerm(long bytes)) {
            if (rows < 0 || rows > MAX_ROWS || bytes < 0 || bytes > MAX_BYTES) {
                throw new MalformedTerm("pier_stream on the peer begins with a credit of " + rows + " rows and " + bytes
                        + " bytes: at most " + MAX_ROWS + " and " + MAX_BYTES + " are expected");
            }
            return new StreamHello(reference, false, (int) rows, (int) bytes);
        }
        return new StreamHello(reference, hello.arity() == 4 && hello.get(3).equals(ANSWER), 0, 0);
    }
}
