package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
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
/// {pier_stream, 1, Ref}           rows follow
/// {pier_stream, 1, Ref, answer}   the parts of an answer follow
/// ```
///
/// @param reference in all messages that follow
/// @param isAnswer whether parts of an answer follow, rather than rows
record StreamHello(Reference reference, boolean isAnswer) {
    private static final Atom PIER_STREAM = Atom.of("pier_stream");
    private static final Atom ANSWER = Atom.of("answer");
    private static final long VERSION = 1;
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
        return new StreamHello(reference, hello.arity() == 4 && hello.get(3).equals(ANSWER));
    }
}
