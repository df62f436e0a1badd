package dev.pier.erlang.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The examples of uWSGI's page "Integrating uWSGI with Erlang", each by its heading there, with modules that act like
/// those of the page.
class UwsgiPageIT {

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        node.runtime()
                .expose(
                        "useless",
                        "myfunction",
                        arguments -> Tuple.of(Atom.of("hello"), new ListTerm(arguments.terms())));
        erlang.compile("""
                -module(uwsgitest).
                -export([hello/0]).
                hello() -> 'hello world !'.
                """);
        erlang.compile("""
                -module(uwsgiecho).
                -export([start/1, loop/1]).
                start(Server) -> register(echoer, spawn(?MODULE, loop, [Server])).
                loop(Server) ->
                    receive Message -> {useless, Server} ! {i_am_echo, Message} end,
                    loop(Server).
                """);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aSimpleRpcHelloWorldExample() {
        Peer connected = node.peer(erlang);
        assertThat(connected.call("uwsgitest", "hello").term()).isEqualTo(Atom.of("hello world !"));
        assertThat(connected.call("uwsgitest", "hello").as(String.class)).isEqualTo("hello world !");
    }

    @Test
    void pythonErlangMappings() {
        // The table of the page: a pid is a tuple of three, and text becomes an atom unless it is bytes.
        Term value = Term.parse("[<<\"str\">>,unicode,42,[1,2],{a,b}]");
        assertThat(node.peer(erlang).call("erlang", "hd", List.of(value)).term())
                .isEqualTo(value);
        Term pid = node.peer(erlang).call("erlang", "whereis", Atom.of("init")).term();
        assertThat(node.peer(erlang)
                        .call("erlang", "process_info", pid, Atom.of("registered_name"))
                        .term())
                .isEqualTo(Term.parse("{registered_name,init}"));
    }

    @Test
    void sendingMessagesToErlangNodes() {
        erlang.eval("uwsgiecho:start('" + node.name() + "')");
        try (Mailbox useless = node.processes().mailbox("useless")) {
            // To the name of the receiver; the answer goes to the name that the echo process knows.
            node.peer(erlang).send("echoer", "Hello echo server !!!");
            assertThat(received(useless)).isEqualTo(Term.parse("{i_am_echo,<<\"Hello echo server !!!\">>}"));

            // To its pid, which uWSGI calls problematic.
            Term echoer = node.peer(erlang)
                    .call("erlang", "whereis", Atom.of("echoer"))
                    .term();
            useless.send((Pid) echoer, List.of("by", "pid"));
            assertThat(received(useless)).isEqualTo(Term.parse("{i_am_echo,[<<\"by\">>,<<\"pid\">>]}"));
        }
    }

    @Test
    void receivingErlangMessages() {
        CompletableFuture<String> message = new CompletableFuture<>();
        node.processes().register("myprocess", (received, _) -> message.complete(received.as(String.class)));
        assertThat(erlang.eval("{myprocess, '" + node.name() + "'} ! \"Hello\""))
                .isEqualTo("\"Hello\"");
        assertThat(Await.result("the message", message)).isEqualTo("Hello");
    }

    @Test
    void rpc() {
        assertThat(erlang.eval("rpc:call('" + node.name() + "', useless, myfunction, [])"))
                .isEqualTo("{hello,[]}");
    }

    private static Term received(Mailbox mailbox) {
        return mailbox.receive(Await.PATIENCE).map(Message::term).orElseThrow();
    }
}
