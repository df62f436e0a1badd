package dev.pier.erlang.mapping;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;

/// Marks decoding errors that concern the answer of a call or a received message: the remote side has run.
public final class AnswerErrors {
    private AnswerErrors() {}

    /// The exception with [ErlangException#maybeExecuted()] set, if it is a decoding error; else the exception
    /// itself.
    public static ErlangException inAnswer(ErlangException e) {
        if (e.maybeExecuted()) {
            return e;
        }
        return switch (e) {
            case MalformedTerm _ -> MalformedTerm.inAnswer(String.valueOf(e.getMessage()), e);
            case UnexpectedTerm _ -> UnexpectedTerm.inAnswer(String.valueOf(e.getMessage()), e);
            default -> e;
        };
    }
}
