package dev.pier.erlang.servlet.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {
    private static final Atom STREAM = Atom.of("stream");

    private static Binary bytes(String text) {
        return Binary.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// @param headers names and values in turn
    private static Term row(long status, Term body, String... headers) {
        List<Term> pairs = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            pairs.add(Tuple.of(bytes(headers[i]), bytes(headers[i + 1])));
        }
        return Tuple.of(Atom.of("head"), IntegerTerm.of(status), new ListTerm(pairs), body);
    }

    private static ResponseHead head(long status, Term body, String... headers) {
        return ResponseHead.of(row(status, body, headers), HopByHop.REFUSED);
    }

    @Test
    void headersKeepTheirOrderAndTheirBytes() {
        ResponseHead head = head(200, bytes("body"), "X-A", " 1\t", "x-a", "2", "X-`~", "\u00e4\u00ff", "X-E", "");
        assertThat(head.headers())
                .containsExactly(
                        new ResponseHead.Header("X-A", "1"),
                        new ResponseHead.Header("x-a", "2"),
                        new ResponseHead.Header("X-`~", "\u00e4\u00ff"),
                        new ResponseHead.Header("X-E", ""));
        assertThat(head.whole()).isEqualTo(bytes("body"));
        assertThat(head.length()).isNegative();
    }

    @Test
    void aLengthIsNotAHeader() {
        ResponseHead head = head(200, STREAM, "content-LENGTH", "17", "Content-Length", "17");
        assertThat(head.length()).isEqualTo(17);
        assertThat(head.headers()).isEmpty();
        assertThat(head.whole()).isNull();
        assertThat(head.size()).isNegative();
        assertThat(head(200, Tuple.of(Atom.of("size"), IntegerTerm.of(5))).size())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1.0", "1 1", "0x1", "1,1", "1000000000000000000000"})
    void lengthsThatAreNoNumbers(String length) {
        assertThatThrownBy(() -> head(200, STREAM, "Content-Length", length)).isInstanceOf(UnexpectedTerm.class);
    }

    @Test
    void differentLengths() {
        assertThatThrownBy(() -> head(200, STREAM, "Content-Length", "1", "Content-Length", "2"))
                .hasMessageContaining("two different headers Content-Length");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 99, 100, 101, 199, 1000})
    void statusesThatAreNoFinalOnes(long status) {
        assertThatThrownBy(() -> head(status, STREAM)).hasMessageContaining("the status " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\nb", "a\r\nX: y", "\0", "\u007f", "a\u001bb"})
    void controlCharactersInAValue(String value) {
        assertThatThrownBy(() -> head(200, STREAM, "X-A", value)).hasMessageContaining("in the header X-A");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:", "a\r\nb", "\u00e4", "a(", "a/b", "a\0"})
    void namesThatAreNoTokens(String name) {
        assertThatThrownBy(() -> head(200, STREAM, name, "x")).hasMessageContaining("not a token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "keep-alive",
                "TE",
                "trailer",
                "Transfer-Encoding",
                "UPGRADE",
                "proxy-connection",
                "Proxy-Authenticate",
                "Proxy-Authorization"
            })
    void headersOfTheConnection(String name) {
        assertThatThrownBy(() -> head(200, STREAM, name, "x"))
                .hasMessageContaining("the header " + name + ", which belongs to the server's connection");
        ResponseHead dropped = ResponseHead.of(row(200, STREAM, name, "x", "X-A", "b"), HopByHop.DROPPED);
        assertThat(dropped.headers()).containsExactly(new ResponseHead.Header("X-A", "b"));
    }

    @Test
    void whatIsNoHead() {
        for (Term row : List.of(
                Atom.OK,
                bytes("body"),
                Tuple.of(Atom.of("head")),
                Tuple.of(Atom.of("head"), Atom.OK, ListTerm.EMPTY, STREAM),
                Tuple.of(Atom.of("head"), IntegerTerm.of(200), Atom.OK, STREAM))) {
            assertThatThrownBy(() -> ResponseHead.of(row, HopByHop.REFUSED))
                    .hasMessageContaining("does not begin with a head");
        }
        Term pair = Tuple.of(
                Atom.of("head"), IntegerTerm.of(200), ListTerm.of(Tuple.of(bytes("a"), IntegerTerm.of(1))), STREAM);
        assertThatThrownBy(() -> ResponseHead.of(pair, HopByHop.REFUSED)).hasMessageContaining("not a pair");
    }
}
