package dev.pier.erlang.rpc;

import dev.pier.erlang.term.Term;

/// Terms in error messages: readable, and not longer than a message should be.
public final class Excerpt {
    private static final int MAX_CHARS = 300;

    private Excerpt() {}

    public static String of(Term term) {
        String text = term.toString();
        return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS) + "…";
    }
}
