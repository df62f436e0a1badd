package dev.pier.erlang.node;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.atomOfHeader;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.list;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.Peer;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdException;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.mailbox.MailboxSettings;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The limits of docs/guarantees.md, each filled by one peer, while another peer and HTTP are served. The limits of
/// streams are in `StreamIT`, nodes and handshakes in `StrangersIT`, spawn options in `FragmentBoundsIT`.
class BoundsIT {
    private static final int MAX = 20;
    private static final int KIB = 1 << 10;
    private static final long MAILBOX_BYTES = 64 * KIB;
    private static final long SERVED_BYTES = 1024 * KIB;
    private static final int QUEUE_BYTES = 64 * KIB;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @RegisterExtension
    static final ErlangPeer good = ErlangPeer.start();

    private final CountDownLatch served = new CountDownLatch(1);
    private final Server server = new Server(0);
    private final HttpClient client = HttpClient.newHttpClient();
    private TestNode node;
    private ScriptedPeer hostile;
    private ScriptedConnection connection;
    private String name;
    private Mailbox mailbox;

    @BeforeEach
    void start() throws Exception {
        ConnectionSettings normal = ConnectionSettings.DEFAULT;
        ConnectionSettings tight = new ConnectionSettings(
                normal.netTickTime(),
                1024 * KIB,
                new FragmentLimits(MAX, 256 * KIB, 512 * KIB),
                QUEUE_BYTES,
                normal.decode());
        LinkSettings link = TestNode.LINK.withConnection(tight).withMaxCalls(MAX);
        node = TestNode.start(TestNode.builder(good.cookie())
                .link(link)
                .maxServed(MAX)
                .maxServedBytes(SERVED_BYTES)
                .processes(new ProcessLimits(MAX, MAX))
                .mailboxes(new MailboxSettings(MAX, MAILBOX_BYTES, 4 * MAILBOX_BYTES, MailboxSettings.Overflow.DROP)));
        node.runtime().expose("java", "echo", 1, arguments -> arguments.term(0));
        node.runtime().expose("java", "waits", 1, _ -> {
            served.await();
            return true;
        });
        serveHttp(node.peer(good));
        name = TestHost.uniqueName("filled");
        mailbox = node.processes().mailbox(name);
        hostile = ScriptedPeer.named("hostile").cookie(good.cookie());
        connection = hostile.connectAndShakeHands(node.name());
        Await.until("the connection", () -> link().current().isPresent());
        othersAreServed();
    }

    private void serveHttp(Peer peer) throws Exception {
        ServletContextHandler app = new ServletContextHandler("/");
        app.addServlet(
                new ServletHolder(new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        response.getWriter()
                                .print(peer.call("lists", "sum", List.of(1, 2, 3))
                                        .as(long.class));
                    }
                }),
                "/");
        server.setHandler(app);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        served.countDown();
        connection.close();
        hostile.close();
        node.close();
        client.close();
        server.stop();
    }

    private PeerLink link() {
        return node.node().link(NodeName.parse(hostile.nodeName()));
    }

    /// Another peer calls and is called, another mailbox gets its messages, and HTTP answers.
    private void othersAreServed() throws Exception {
        assertThat(node.peer(good).call("erlang", "abs", -7).as(int.class)).isEqualTo(7);
        assertThat(good.eval("erpc:call('" + node.name() + "', java, echo, [hello])"))
                .isEqualTo("hello");
        String otherName = TestHost.uniqueName("other");
        try (Mailbox other = node.processes().mailbox(otherName)) {
            good.eval("{" + otherName + ", '" + node.name() + "'} ! {hello, binary:copy(<<1>>, 1000)}");
            assertThat(other.receive(PATIENCE)).isPresent();
        }
        int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port)).build();
        assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("6");
        assertThat(node.link(good).totals().reconnects()).isZero();
    }

    /// The connection of the peer is open, and the node answers on it.
    private void theConnectionIsOpen() {
        connection.sendFrame(FrameBytes.normal(tuple(
                integer(1),
                hostile.pid(9),
                TermBytes.pid(node.name(), 1_000_000, 0, node.node().creation()))));
        awaitFrameWith("noproc");
    }

    private void awaitFrameWith(String end) {
        while (true) {
            byte[] frame = connection.expectFrame();
            byte[] atom = atom(end);
            if (frame.length >= atom.length
                    && Arrays.equals(frame, frame.length - atom.length, frame.length, atom, 0, atom.length)) {
                return;
            }
        }
    }

    private byte[] toName(String to) {
        return tuple(integer(6), hostile.pid(1), atom(""), atom(to));
    }

    private void send(byte[] control, byte[] payload, int times) {
        for (int i = 0; i < times; i++) {
            connection.sendFrame(FrameBytes.normal(control, payload));
        }
    }

    private void spawn(String function, int first, int number, byte[] argument) {
        for (int i = first; i < first + number; i++) {
            byte[] request = tuple(
                    integer(29),
                    hostile.reference(i),
                    hostile.pid(1),
                    hostile.pid(1),
                    tuple(atom("java"), atom(function), integer(1)),
                    list(atom("monitor")));
            connection.sendFrame(FrameBytes.normal(request, list(argument)));
        }
    }

    @Test
    void messagesOfAMailbox() throws Exception {
        send(toName(name), integer(1), 2 * MAX);
        Await.until("all messages", () -> mailbox.size() + mailbox.dropped() == 2 * MAX);
        assertThat(mailbox.size()).isEqualTo(MAX);
        othersAreServed();
        theConnectionIsOpen();
    }

    @Test
    void bytesOfAMailbox() throws Exception {
        send(toName(name), binary(new byte[10 * KIB]), MAX);
        Await.until("all messages", () -> mailbox.size() + mailbox.dropped() == MAX);
        assertThat(mailbox.size()).isBetween(5, 6);
        othersAreServed();
        theConnectionIsOpen();
    }

    @Test
    void bytesOfAllMailboxes() throws Exception {
        List<Mailbox> mailboxes = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                String each = TestHost.uniqueName("each");
                mailboxes.add(node.processes().mailbox(each));
                send(toName(each), binary(new byte[10 * KIB]), 10);
            }
            Await.until(
                    "all messages",
                    () -> mailboxes.stream()
                                    .mapToLong(m -> m.size() + m.dropped())
                                    .sum()
                            == 80);
            // Half of what is there for all.
            assertThat(node.runtime().mailboxBytes().total()).isBetween(MAILBOX_BYTES, 2 * MAILBOX_BYTES + 10 * KIB);
            othersAreServed();
            theConnectionIsOpen();
        } finally {
            mailboxes.forEach(Mailbox::close);
        }
        assertThat(node.runtime().mailboxBytes().total()).isZero();
    }

    @Test
    void exitMessagesAndTheirReasons() throws Exception {
        mailbox.trapExit(true);
        byte[] exit = tuple(integer(26), hostile.pid(1), TermBytes.pid(mailbox.self()));
        send(exit, binary(new byte[20 * KIB]), 2 * MAX);
        Await.until("all signals", () -> mailbox.size() + mailbox.dropped() == 2 * MAX);
        assertThat(mailbox.size()).isEqualTo(MAX);
        othersAreServed();
        int unreadable = 0;
        for (int i = 0; i < MAX; i++) {
            Message.Exit signal = mailbox.receive(PATIENCE).orElseThrow().exit().orElseThrow();
            unreadable += signal.reason().equals(Atom.of("unreadable_reason")) ? 1 : 0;
        }
        assertThat(unreadable).isBetween(MAX - 4, MAX - 2);
        theConnectionIsOpen();
    }

    @Test
    void servedCalls() throws Exception {
        spawn("waits", 1, 2 * MAX, integer(1));
        Await.until(
                "as many calls as may run", () -> node.runtime().callLimiter().running() == MAX);
        awaitFrameWith("system_limit");
        othersAreServed();
        theConnectionIsOpen();
    }

    @Test
    void bytesOfServedCalls() throws Exception {
        spawn("waits", 1, MAX - 1, binary(new byte[100 * KIB]));
        awaitFrameWith("system_limit");
        assertThat(node.runtime().callLimiter().bytes()).isLessThanOrEqualTo(SERVED_BYTES / 2 + 200 * KIB);
        othersAreServed();
        theConnectionIsOpen();
    }

    @Test
    void unfinishedMessages() throws Exception {
        for (int i = 1; i <= MAX; i++) {
            connection.sendFrame(FrameBytes.firstFragment(i, 2, new AtomRefs(), toName(name), new byte[1]));
        }
        othersAreServed();
        theConnectionIsOpen();
        connection.sendFrame(FrameBytes.firstFragment(MAX + 1, 2, new AtomRefs(), toName(name), new byte[1]));
        connection.expectClosed();
        othersAreServed();
    }

    @Test
    void bytesOfUnfinishedMessages() throws Exception {
        byte[] part = new byte[100 * KIB];
        part[0] = 109;
        for (int i = 1; i <= MAX - 1; i++) {
            connection.sendFrame(FrameBytes.firstFragment(i, 3, new AtomRefs(), toName(name), part));
        }
        othersAreServed();
        theConnectionIsOpen();
        for (int i = 1; i <= MAX - 1; i++) {
            connection.sendFrame(FrameBytes.nextFragment(i, 2, part));
            connection.sendFrame(FrameBytes.nextFragment(i, 1, part));
        }
        theConnectionIsOpen();
        assertThat(mailbox.size()).isZero();
        othersAreServed();
    }

    @Test
    void aFrame() throws Exception {
        connection.sendLengthOnly(1024 * KIB + 1);
        connection.expectClosed();
        othersAreServed();
    }

    @Test
    void callsAndMonitorsOfThisNode() throws Exception {
        Pid remote = new Pid(Atom.of(hostile.nodeName()), 1, 0, hostile.creation());
        for (int i = 0; i < MAX; i++) {
            assertThat(mailbox.monitor(remote)).isNotNull();
        }
        assertThatThrownBy(() -> mailbox.monitor(remote))
                .isInstanceOf(Overloaded.class)
                .hasMessageContaining("erlang.limits.calls");
        othersAreServed();
    }

    @Test
    void bytesInTheQueue() throws Exception {
        assertThatThrownBy(() -> {
                    // More than all buffers of the operating system hold: the peer does not read.
                    for (int i = 0; i < 10_000; i++) {
                        mailbox.send("anywhere", hostile.nodeName(), new byte[60 * KIB]);
                    }
                })
                .isInstanceOf(Overloaded.class)
                .hasMessageContaining("erlang.limits.queue");
        othersAreServed();
    }

    @Test
    void linksOfAProcess() throws Exception {
        for (int i = 1; i <= MAX + 1; i++) {
            connection.sendFrame(FrameBytes.normal(tuple(integer(1), hostile.pid(i), TermBytes.pid(mailbox.self()))));
        }
        awaitFrameWith("system_limit");
        othersAreServed();
        theConnectionIsOpen();
        assertThat(mailbox.isAlive()).isTrue();
    }

    @Test
    void monitorsOfAPeer() throws Exception {
        for (int i = 1; i <= MAX + 1; i++) {
            connection.sendFrame(
                    FrameBytes.normal(tuple(integer(19), hostile.pid(1), atom(name), hostile.reference(i))));
        }
        awaitFrameWith("system_limit");
        othersAreServed();
        theConnectionIsOpen();
    }

    @Test
    void atomsOfTheDistributionHeader() throws Exception {
        for (int round = 0; round < 50; round++) {
            AtomRefs atoms = new AtomRefs();
            for (int i = 0; i < 255; i++) {
                atoms.add(i, round + "_" + i);
            }
            connection.sendFrame(FrameBytes.normal(atoms, toName(name), atomOfHeader(0)));
        }
        Await.until("all messages", () -> mailbox.size() + mailbox.dropped() == 50);
        assertThat(mailbox.receive(PATIENCE).orElseThrow().term()).isEqualTo(Atom.of("0_0"));
        othersAreServed();
        theConnectionIsOpen();
    }

    @Test
    void answersOfEpmd() throws Exception {
        try (ServerSocket endless = new ServerSocket(0, 1, TestHost.address())) {
            Thread answering = Thread.ofVirtual().start(() -> {
                byte[] line = "name pier at port 4711\n".getBytes(StandardCharsets.US_ASCII);
                try (Socket asked = endless.accept()) {
                    asked.getOutputStream().write(new byte[] {0, 0, 0x11, 0x11});
                    while (true) {
                        asked.getOutputStream().write(line);
                    }
                } catch (IOException closed) {
                    // The client has had enough.
                }
            });
            EpmdClient epmd = new EpmdClient(
                    new InetSocketAddress(TestHost.address(), endless.getLocalPort()), PATIENCE, PATIENCE);
            assertThatThrownBy(() -> epmd.names(TestHost.address()))
                    .isInstanceOf(EpmdException.class)
                    .hasMessageContaining("more than 1048576 bytes");
            answering.join(PATIENCE);
            assertThat(answering.isAlive()).isFalse();
        }
        othersAreServed();
    }
}
