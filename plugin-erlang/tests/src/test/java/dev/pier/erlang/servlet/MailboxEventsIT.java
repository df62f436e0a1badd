package dev.pier.erlang.servlet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestNode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Server-sent events from what a real Erlang process sends to a mailbox.
class MailboxEventsIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final Atom SKIPPED = Atom.of("skipped");

    private final Server server = new Server(0);
    private TestNode node;

    /// `/?room=NAME`: joins a room, which monitors the mailbox and then keeps its messages coming.
    private final class Events extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Mailbox mailbox = node.processes().mailbox();
            Peer peer = node.peer(erlang);
            peer.call(
                    "room",
                    "join",
                    Atom.of(request.getParameter("room")),
                    mailbox.self(),
                    StreamingResponse.lastEventId(request).orElse("0"));
            StreamingResponse.to(response).events(mailbox, Events::event);
        }

        private static Optional<ServerEvent> event(Message message) {
            if (message.term().equals(SKIPPED)) {
                return Optional.empty();
            }
            ServerEvent event = ServerEvent.of(message);
            return Optional.of(
                    message.term() instanceof Tuple numbered
                            ? event.withId(numbered.get(0).toString()).withName("said")
                            : event);
        }
    }

    @BeforeEach
    void start() throws Exception {
        node = TestNode.start(erlang.cookie());
        erlang.compile("""
                -module(room).
                -export([join/3, room/3]).
                join(Name, Pid, LastId) ->
                    register(Name, spawn(?MODULE, room, [Pid, monitor, binary_to_integer(LastId)])), ok.
                room(Pid, monitor, LastId) -> monitor(process, Pid), room(Pid, [], LastId);
                room(Pid, Seen, Id) ->
                    receive
                        {say, Text} -> Pid ! {Id + 1, Text}, room(Pid, Seen, Id + 1);
                        {plain, Term} -> Pid ! Term, room(Pid, Seen, Id);
                        {exit, Reason} -> exit(Pid, Reason), room(Pid, Seen, Id);
                        {'DOWN', _, process, Pid, Reason} -> room(Pid, [Reason | Seen], Id);
                        {seen, From} -> From ! {seen, Seen}, room(Pid, Seen, Id)
                    end.
                """);
        ServletContextHandler app = new ServletContextHandler("/");
        app.addServlet(new ServletHolder(new Events()), "/");
        server.setHandler(app);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        node.close();
    }

    private Socket ask(String room, String... headers) throws IOException {
        Socket socket = new Socket("localhost", ((ServerConnector) server.getConnectors()[0]).getLocalPort());
        String head = "GET /?room=" + room + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n";
        socket.getOutputStream().write(head.getBytes(US_ASCII));
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    /// The lines of the next event; without chunk sizes and heartbeats.
    private static List<String> event(BufferedReader body) throws IOException {
        List<String> event = new ArrayList<>();
        for (String line = body.readLine(); line != null; line = body.readLine()) {
            if (line.matches("(id|event|data): .*")) {
                event.add(line);
            }
            if (line.startsWith("data: ")) {
                return event;
            }
        }
        throw new AssertionError("no further event");
    }

    private static void until(BufferedReader body, String line) throws IOException {
        for (String read = body.readLine(); !line.equals(read); read = body.readLine()) {
            assertThat(read).as("the body has no line '%s'", line).isNotNull();
        }
    }

    private static String seen(String room) {
        return erlang.eval(room + " ! {seen, self()}, receive {seen, Seen} -> Seen after 10000 -> mute end");
    }

    @Test
    void messagesBecomeEventsWithIdAndName() throws Exception {
        try (Socket socket = ask("named")) {
            BufferedReader body = reader(socket);
            until(body, ":"); // Sent at once, so that the browser knows that the stream is open.
            erlang.eval("named ! {say, <<\"hello\">>}, named ! {plain, skipped}, named ! {plain, #{a => 1}}");
            assertThat(event(body)).containsExactly("id: 1", "event: said", "data: [1,\"hello\"]");
            assertThat(event(body)).containsExactly("data: {\"a\":1}");
        }
    }

    @Test
    void aClientThatReturnsGoesOnAfterItsLastEvent() throws Exception {
        try (Socket socket = ask("resumed", "Last-Event-ID: 41\r\n")) {
            BufferedReader body = reader(socket);
            until(body, ":");
            erlang.eval("resumed ! {say, <<\"again\">>}");
            assertThat(event(body)).containsExactly("id: 42", "event: said", "data: [42,\"again\"]");
        }
    }

    @Test
    void aClientThatLeavesEndsTheMailboxWithinASecond() throws Exception {
        Socket socket = ask("left");
        until(reader(socket), ":");
        assertThat(seen("left")).isEqualTo("[]");
        socket.close();
        long left = System.nanoTime();
        Await.until("the end of the mailbox", () -> seen("left").equals("[normal]"));
        System.out.printf(
                "MailboxEventsIT: Erlang saw the client leave after %d ms%n",
                Duration.ofNanos(System.nanoTime() - left).toMillis());
    }

    @Test
    void anOrderlyEndOfTheProcessCompletesTheResponse() throws Exception {
        try (Socket socket = ask("orderly")) {
            BufferedReader body = reader(socket);
            until(body, ":");
            erlang.eval("orderly ! {plain, 1}");
            assertThat(event(body)).containsExactly("data: 1");
            erlang.eval("orderly ! {exit, {shutdown, over}}");
            until(body, "0"); // The last chunk: the body is complete.
        }
    }

    @Test
    void anotherEndOfTheProcessIsTheLastEvent() throws Exception {
        try (LogCapture log = LogCapture.begin();
                Socket socket = ask("broken")) {
            BufferedReader body = reader(socket);
            until(body, ":");
            erlang.eval("broken ! {exit, secret_reason}");
            List<String> last = event(body);
            assertThat(last.getFirst()).isEqualTo("event: error");
            assertThat(last.getLast()).contains("reference").doesNotContain("secret");
            until(body, "0");
            assertThat(log.warnings("secret_reason")).hasSize(1);
        }
    }

    @Test
    void theStopOfTheServerCompletesTheResponse() throws Exception {
        try (Socket socket = ask("stopped")) {
            BufferedReader body = reader(socket);
            until(body, ":");
            node.runtime().stopping();
            until(body, "0");
            Await.until("the end of the mailbox", () -> seen("stopped").equals("[shutdown]"));
        }
        try (Socket late = ask("late")) {
            until(reader(late), "0"); // A response that begins during the stop ends as well.
        }
    }
}
