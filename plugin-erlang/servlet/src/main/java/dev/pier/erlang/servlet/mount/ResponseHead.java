package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The head of a response from Erlang, checked: `{head, Code, [{Name, Value}], Body}`. Immutable.
///
/// SPEC: RFC 9110, section 5.1, 5.5 and 15
///
/// @param length the value of `Content-Length`; negative without one
/// @param whole the whole body, if it came with the head
/// @param size the size of the body if it follows in parts and is known; negative if it is not
record ResponseHead(
        int status,
        List<Header> headers,
        long length,
        @Nullable Binary whole,
        long size) {
    private static final Atom HEAD = Atom.of("head");
    private static final Atom SIZE = Atom.of("size");
    private static final String TOKEN_EXTRA = "!#$%&'*+-.^_`|~";

    /// Headers that belong to the connection. SPEC: RFC 9110, section 7.6.1
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    record Header(String name, String value) {}

    /// @throws UnexpectedTerm if it is not a head, or not valid HTTP
    static ResponseHead of(Term row, HopByHop hopByHop) {
        if (!(row instanceof Tuple tuple
                && tuple.is(HEAD, 4)
                && tuple.get(1) instanceof IntegerTerm(long code)
                && tuple.get(2) instanceof ListTerm list)) {
            throw UnexpectedTerm.inAnswer("the response does not begin with a head");
        }
        if (code < 200 || code > 999) {
            throw UnexpectedTerm.inAnswer("the response has the status " + code + ": expected 200 to 999");
        }
        long length = -1;
        List<Header> headers = new ArrayList<>();
        for (Header header : headers(list, hopByHop)) {
            if (header.name().equalsIgnoreCase("Content-Length")) {
                length = length(header.value(), length);
            } else {
                headers.add(header);
            }
        }
        Term body = tuple.get(3);
        return new ResponseHead(
                (int) code,
                List.copyOf(headers),
                length,
                body instanceof Binary bytes ? bytes : null,
                body instanceof Tuple pair && pair.is(SIZE, 2) && pair.get(1) instanceof IntegerTerm(long size)
                        ? size
                        : -1);
    }

    /// The headers of a head, an upgrade or trailers: `[{Name, Value}]`.
    ///
    /// @throws UnexpectedTerm if they are not valid HTTP
    static List<Header> headers(Term list, HopByHop hopByHop) {
        if (!(list instanceof ListTerm(List<Term> elements))) {
            throw UnexpectedTerm.inAnswer("the response has headers that are not a list");
        }
        List<Header> headers = new ArrayList<>();
        for (Term element : elements) {
            Header header = header(element);
            if (HOP_BY_HOP.contains(header.name().toLowerCase(Locale.ROOT))) {
                if (hopByHop == HopByHop.REFUSED) {
                    throw UnexpectedTerm.inAnswer("the response has the header " + header.name()
                            + ", which belongs to the server's connection");
                }
            } else {
                headers.add(header);
            }
        }
        return headers;
    }

    private static Header header(Term element) {
        if (!(element instanceof Tuple pair
                && pair.arity() == 2
                && pair.get(0) instanceof Binary name
                && pair.get(1) instanceof Binary value)) {
            throw UnexpectedTerm.inAnswer("the response has a header that is not a pair");
        }
        String nameText = text(name);
        String valueText = text(value).strip();
        if (!isToken(nameText)) {
            throw UnexpectedTerm.inAnswer("the response has a header whose name is not a token");
        }
        if (!isVisible(valueText)) {
            throw UnexpectedTerm.inAnswer(
                    "the response has control characters in the header " + nameText + ", such as CR or LF");
        }
        return new Header(nameText, valueText);
    }

    private static long length(String value, long before) {
        if (value.isEmpty() || value.length() > 18 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw UnexpectedTerm.inAnswer("the response has a Content-Length that is not a number");
        }
        long length = Long.parseLong(value);
        if (before >= 0 && before != length) {
            throw UnexpectedTerm.inAnswer("the response has two different headers Content-Length");
        }
        return length;
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenCharacter(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\t' && (c < ' ' || c == 0x7f)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c < 128 && TOKEN_EXTRA.indexOf(c) >= 0);
    }

    /// Bytes as the characters that the container writes as these bytes.
    private static String text(Binary bytes) {
        return new String(bytes.toByteArray(), StandardCharsets.ISO_8859_1);
    }
}
