package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Charlist;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Results of a real node's text functions, as JSON strings for calls with that option.
class ChardataIT {
    private static final CallOptions TEXT = CallOptions.DEFAULT.withChardataAsText(true);

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;
    private static Peer peer;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        peer = node.peer(erlang);
        erlang.compile("""
                -module(texts).
                -export([all/0]).
                all() -> #{format => io_lib:format("~p is ~s", [a, "b"]),
                           unicode => io_lib:format("~ts costs ~p €", [<<"Grüße"/utf8>>, 1.5]),
                           nested => [["a", <<"b">>], [[$c]], <<"d">>],
                           replaced => string:replace("a.b.c", ".", "-", all),
                           joined => lists:join(", ", [<<"x">>, "y"]),
                           numbers => [1, 2, 3],
                           atoms => [a, ["b"]]}.
                """);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String json(Reply reply) throws IOException {
        var out = new ByteArrayOutputStream();
        reply.writeJson(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Reply text(Peer asked, String key) {
        return asked.call(
                "maps", "get", Atom.of(key), asked.call("texts", "all").term());
    }

    @Test
    void textFunctionsGiveStrings() throws IOException {
        Peer asText = peer.with(TEXT);
        assertThat(json(text(asText, "format"))).isEqualTo("\"a is b\"");
        assertThat(json(text(asText, "unicode"))).isEqualTo("\"Grüße costs 1.5 €\"");
        assertThat(json(text(asText, "nested"))).isEqualTo("\"abcd\"");
        assertThat(json(text(asText, "replaced"))).isEqualTo("\"a-b-c\"");
        assertThat(json(text(asText, "joined"))).isEqualTo("\"x, y\"");
        assertThat(json(text(asText, "numbers"))).isEqualTo("[1,2,3]");
        assertThat(json(text(asText, "atoms"))).isEqualTo("[\"a\",\"b\"]");
    }

    @Test
    void otherCallsAreUnchanged() throws IOException {
        assertThat(json(text(peer, "nested"))).isEqualTo("[[\"a\",\"b\"],[\"c\"],\"d\"]");
        Peer asText = peer.with(TEXT);
        assertThat(json(asText.with(CallOptions.DEFAULT).call("lists", "append", List.of(List.of("a", "b")))))
                .isEqualTo("[\"a\",\"b\"]");
    }

    @Test
    void answersOfServersHaveTheOptionToo() throws IOException {
        erlang.eval("register(texts_server, spawn(fun F() -> receive {'$gen_call', From, _} ->"
                + " gen:reply(From, io_lib:format(\"~p is ~s\", [a, \"b\"])), F() end end))");
        assertThat(json(peer.with(TEXT).server("texts_server").call(Charlist.of("any"))))
                .isEqualTo("\"a is b\"");
    }
}
