package dev.pier.erlang;

import java.util.Objects;

/// Text that is a list of code points in Erlang, as in `"text"`; what older Erlang APIs take and give.
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
