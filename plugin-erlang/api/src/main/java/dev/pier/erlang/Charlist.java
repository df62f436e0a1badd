package dev.pier.erlang;

import java.util.Objects;

/// Text that is a list of code points in Erlang, `"text"`, as older Erlang APIs take and return. Immutable.
public record Charlist(String text) {
    public Charlist {
        Objects.requireNonNull(text, "text");
    }

    public static Charlist of(String text) {
        return new Charlist(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
