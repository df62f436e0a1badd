package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// The body of a request, or other JSON text, cannot be used: it is not JSON, too large, of another media type, or
/// does not fit the class that it is read as. Nothing was sent to Erlang, except the beginning of an incomplete upload.
///
/// The fault is the client's, so the message is for the client: it names the place and the limit, and nothing of the
/// server.
///
/// The error filter of `pier-erlang-servlet` answers it with 400, 413 or 415.
public final class BadBody extends ErlangException {
    private static final long serialVersionUID = 1L;

    /// The kind of problem.
    public enum Kind {
        /// It is not JSON by RFC 8259 in UTF-8, or exceeds the limit of nesting or digits.
        MALFORMED,
        /// It is JSON, but not of the class that it is read as.
        UNEXPECTED,
        /// It has more bytes than allowed.
        TOO_LARGE,
        /// Its media type, character set or encoding is not the expected one.
        UNSUPPORTED_TYPE,
        /// It ended before it was complete: the client has disconnected or is too slow.
        INCOMPLETE
    }

    private final Kind kind;
    private final int line;
    private final int column;

    /// @param line the line of the place, from 1; 0 if the problem has no place
    /// @param column the column of the place in characters, from 1; 0 if the problem has no place
    public BadBody(Kind kind, String message, int line, int column, @Nullable Throwable cause) {
        super(line > 0 ? message + " (line " + line + ", column " + column + ")" : message, cause, false);
        this.kind = kind;
        this.line = line;
        this.column = column;
    }

    public BadBody(Kind kind, String message) {
        this(kind, message, 0, 0, null);
    }

    public Kind kind() {
        return kind;
    }

    /// The line of the place in the text, from 1; 0 if the problem has no place.
    public int line() {
        return line;
    }

    /// The column of the place in characters, from 1; 0 if the problem has no place.
    public int column() {
        return column;
    }
}
