package dev.pier.erlang.servlet;

import dev.pier.erlang.Reply;
import java.util.Objects;
import java.util.Optional;

/// One server-sent event. Immutable.
///
/// @param id the id that the client sends as `Last-Event-ID` when it reconnects; empty to keep the last one
/// @param name the type of the event; empty for the default, `message`
/// @param data the data, which is written as JSON on one line
public record ServerEvent(Optional<String> id, Optional<String> name, Reply data) {
    /// @throws IllegalArgumentException if the id or the name has a line break or a NUL, which the format cannot
    ///     carry
    public ServerEvent {
        Objects.requireNonNull(data, "data");
        id.ifPresent(text -> requireOneLine("id", text));
        name.ifPresent(text -> requireOneLine("name", text));
    }

    /// An event with neither id nor name.
    public static ServerEvent of(Reply data) {
        return new ServerEvent(Optional.empty(), Optional.empty(), data);
    }

    public ServerEvent withId(String newId) {
        return new ServerEvent(Optional.of(newId), name, data);
    }

    public ServerEvent withName(String newName) {
        return new ServerEvent(id, Optional.of(newName), data);
    }

    private static void requireOneLine(String what, String text) {
        if (text.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
            throw new IllegalArgumentException("the " + what + " of an event must be one line without a NUL");
        }
    }
}
