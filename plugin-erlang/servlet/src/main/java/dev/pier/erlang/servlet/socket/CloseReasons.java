package dev.pier.erlang.servlet.socket;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Exit reasons as close reasons of a WebSocket, and back.
///
/// | exit reason | close code |
/// |---|---|
/// | `normal` | 1000 |
/// | `shutdown`, `{shutdown, _}` | 1001 |
/// | `{close, Code}`, `{close, Code, Text}`, also within `{shutdown, _}` | `Code`, with the text |
/// | any other, `killed` and `noconnection` among them | 1011 |
///
/// SPEC: RFC 6455, sections 5.5.1 and 7.4
final class CloseReasons {
    static final Atom CLOSE = Atom.of("close");
    static final Atom SHUTDOWN = Atom.of("shutdown");

    private static final Atom NORMAL = Atom.of("normal");
    private static final Atom CLOSED = Atom.of("closed");

    /// A control frame has at most 125 bytes, of which the code takes two.
    private static final int MAX_TEXT_BYTES = 123;

    private CloseReasons() {}

    static CloseReason of(CloseCode code, String text) {
        return new CloseReason(code, shortened(text));
    }

    /// Whether an endpoint may send that code. SPEC: RFC 6455, section 7.4; the IANA registry of close codes.
    static boolean mayBeSent(long code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }

    /// The close reason that an exit reason asks for; empty if it asks for none, or for a code that no endpoint may
    /// send.
    static Optional<CloseReason> chosen(Term reason) {
        Term wanted = reason instanceof Tuple shutdown && shutdown.is(SHUTDOWN, 2) ? shutdown.get(1) : reason;
        if (!(wanted instanceof Tuple close) || (!close.is(CLOSE, 2) && !close.is(CLOSE, 3))) {
            return Optional.empty();
        }
        if (!(close.get(1) instanceof IntegerTerm code) || !mayBeSent(code.value())) {
            return Optional.empty();
        }
        String text = close.elements().size() == 3 ? text(close.get(2)) : "";
        return Optional.of(of(CloseCodes.getCloseCode((int) code.value()), text));
    }

    /// Whether the process has ended in order, so that the browser gets 1000 or 1001.
    static Optional<CloseReason> orderly(Term reason) {
        if (reason.equals(NORMAL)) {
            return Optional.of(of(CloseCodes.NORMAL_CLOSURE, ""));
        }
        return reason.equals(SHUTDOWN) || (reason instanceof Tuple tuple && tuple.is(SHUTDOWN, 2))
                ? Optional.of(of(CloseCodes.GOING_AWAY, ""))
                : Optional.empty();
    }

    /// The exit reason of a process whose browser has left, or was closed by this side.
    static Tuple closed(int code) {
        return Tuple.of(SHUTDOWN, Tuple.of(CLOSED, IntegerTerm.of(code)));
    }

    private static String text(Term text) {
        return text instanceof Binary binary ? binary.utf8().orElse("") : text.toString();
    }

    private static String shortened(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_TEXT_BYTES) {
            return text;
        }
        int length = MAX_TEXT_BYTES;
        while ((bytes[length] & 0xC0) == 0x80) {
            length--; // Within a character.
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
