package dev.pier.assembly;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.atomOfHeader;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.list;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/// A flood: one peer, one stranger or one HTTP client sends as fast as it can.
///
/// @param name what is sent, in a few words
record Flood(String name, Attack attack) {
    private static final int MIB = 1 << 20;

    /// More than enough to take all call slots, were there no limit for each client.
    private static final int HTTP2_CONNECTIONS = 20;

    private static final int STREAMS = 128;
    private static final String WAIT = "/call/pier_sample/sleep";

    /// Where the flood goes.
    ///
    /// @param node the name of Pier's node
    /// @param erlang a node that knows the cookie
    /// @param ended whether the flood is to end
    record Target(String node, URI url, ErlangPeer erlang, BooleanSupplier ended) {
        private ScriptedPeer peer() {
            return ScriptedPeer.named("flooding").cookie(erlang.cookie());
        }

        private int port() {
            return TestEpmd.portOf(node.substring(0, node.indexOf('@')));
        }

        private Socket http() throws IOException {
            return new Socket(InetAddress.getLoopbackAddress(), url.getPort());
        }

        /// Runs expressions on the Erlang node, in which `N` is the name of Pier's node.
        private void eval(String expressions) {
            erlang.eval("N = '" + node + "', " + expressions);
        }

        /// Leaves what was opened open until the end.
        private void linger() throws InterruptedException {
            while (!ended.getAsBoolean()) {
                Thread.sleep(50);
            }
        }
    }

    interface Attack {
        /// Floods until the target says that it has ended. A flood may also end because the server ends it.
        void on(Target target) throws Exception;
    }

    private interface Frames {
        byte[] frame(ScriptedPeer peer, int number);
    }

    /// A flood of frames from a peer that connects again when it has lost its connection.
    private static Flood frames(String name, Frames frames) {
        return new Flood(name, target -> {
            int number = 0;
            while (!target.ended().getAsBoolean()) {
                try (ScriptedPeer peer = target.peer();
                        ScriptedConnection connection = peer.connectAndShakeHands(target.node())) {
                    while (!target.ended().getAsBoolean()) {
                        connection.sendFrame(frames.frame(peer, ++number));
                    }
                } catch (AssertionError | RuntimeException disconnected) {
                    Thread.sleep(10);
                }
            }
        });
    }

    private static byte[] toName(ScriptedPeer peer, byte[] unused, int number) {
        return tuple(integer(6), peer.pid(1), unused, atom("lazy" + number % LazyApplication.MAILBOXES));
    }

    private static byte[] manyAtoms(ScriptedPeer peer, int number) {
        AtomRefs atoms = new AtomRefs();
        for (int i = 0; i < 255; i++) {
            atoms.add(i, (number + "_" + i + "x".repeat(250)).substring(0, 250));
        }
        return FrameBytes.normal(atoms, toName(peer, atom(""), number), atomOfHeader(0));
    }

    private static byte[] spawn(ScriptedPeer peer, int number, byte[] options) {
        return tuple(
                integer(29),
                peer.reference(number),
                peer.pid(1),
                peer.pid(1),
                tuple(atom("lazy"), atom("echo"), integer(1)),
                options);
    }

    /// The calls of an Erlang node that does not wait for answers.
    private static Flood calls(String name, int calls, String argument) {
        return new Flood(name, target -> {
            target.eval(
                    "A = " + argument + ", spawn(fun() -> [erpc:send_request(N, lazy, sleep, [A]) || _ <- lists:seq(1, "
                            + calls + ")], receive after 4000 -> ok end end)");
            target.linger();
        });
    }

    private static Flood evaluated(String name, String expressions) {
        return new Flood(name, target -> {
            int done = 0;
            while (!target.ended().getAsBoolean()) {
                try {
                    target.eval(expressions + ", ok");
                    done++;
                } catch (AssertionError refused) {
                    // As a call that takes too long. Not each may fail.
                    if (done == 0 && target.ended().getAsBoolean()) {
                        throw refused;
                    }
                }
            }
        });
    }

    /// All floods.
    static List<Flood> all() {
        byte[] twoMib = binary(new byte[2 * MIB]);
        byte[] oneMib = binary(new byte[MIB]);
        byte[] part = new byte[60_000];
        byte[][] tuples = new byte[50_000][];
        Arrays.fill(tuples, tuple());
        byte[] options = list(tuples);
        return List.of(
                new Flood("bytes that pass Pier by, for comparison", Flood::elsewhere),
                frames(
                        "large frames, small messages",
                        (peer, i) -> FrameBytes.normal(toName(peer, twoMib, i), binary("small"))),
                frames("255 new atoms with each message", Flood::manyAtoms),
                frames("large messages", (peer, i) -> FrameBytes.normal(toName(peer, atom(""), i), oneMib)),
                frames("small messages", (peer, i) -> FrameBytes.normal(toName(peer, atom(""), i), integer(i))),
                frames(
                        "unfinished messages",
                        (peer, i) -> FrameBytes.firstFragment(i, 99, new AtomRefs(), toName(peer, atom(""), i), part)),
                frames(
                        "unfinished requests with large options",
                        (peer, i) -> FrameBytes.firstFragment(
                                i, 2, new AtomRefs(), spawn(peer, i, options), new byte[] {106})),
                frames(
                        "monitors",
                        (peer, i) ->
                                FrameBytes.normal(tuple(integer(19), peer.pid(1), atom("lazy0"), peer.reference(i)))),
                frames(
                        "calls whose answers are not read",
                        (peer, i) -> FrameBytes.normal(spawn(peer, i, list(atom("monitor"))), list(oneMib))),
                calls("slow calls of 100 KB", 9_000, "binary:copy(<<\"x\">>, 100000)"),
                calls("slow calls", 12_000, "small"),
                evaluated(
                        "links",
                        "P = erpc:call(N, lazy, pid, []), L = [spawn(fun() -> link(P), receive stop -> ok end end)"
                                + " || _ <- lists:seq(1, 5000)], timer:sleep(500), [exit(X, kill) || X <- L]"),
                evaluated(
                        "exit signals with large reasons",
                        "P = erpc:call(N, lazy, pid, []), R = binary:copy(<<\"x\">>, 1000000),"
                                + " [exit(P, R) || _ <- lists:seq(1, 100)]"),
                evaluated(
                        "maps as keys of maps",
                        "M = maps:from_list([{#{I => I}, I} || I <- lists:seq(1, 20000)]),"
                                + " erpc:call(N, lazy, size, [M])"),
                new Flood("greetings of strangers", Flood::strangers),
                new Flood("silent strangers", Flood::silentStrangers),
                new Flood("many nodes", Flood::manyNodes),
                new Flood("slow readers of streams", Flood::slowReaders),
                new Flood("slow request heads", Flood::slowHeads),
                new Flood("HTTP/2 requests that wait in calls", Flood::waitingRequests),
                new Flood("large request bodies", Flood::largeBodies));
    }

    /// Bytes to a socket whose reader drops them: shows how much of the others' delay is the machine's, which one
    /// sender and one reader keep busy.
    private static void elsewhere(Target target) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket sender = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
                Socket receiver = listener.accept()) {
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    receiver.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException closed) {
                    // The flood has ended.
                }
            });
            byte[] bytes = new byte[2 * MIB];
            while (!target.ended().getAsBoolean()) {
                sender.getOutputStream().write(bytes);
            }
            sender.shutdownOutput();
            reader.join();
        }
    }

    private static void strangers(Target target) throws Exception {
        int port = target.port();
        try (ScriptedPeer stranger = ScriptedPeer.named("stranger").cookie("wrong")) {
            for (int i = 0; !target.ended().getAsBoolean(); i++) {
                try (ScriptedConnection connection = stranger.connect(port)) {
                    connection.sendName("claimed" + i + "@" + TestHost.NAME, ScriptedPeer.MODERN_FLAGS);
                    connection.expectStatus("ok");
                    connection.expectChallenge();
                    connection.sendReply(ScriptedConnection.wrongDigest());
                    connection.expectClosed();
                } catch (AssertionError | RuntimeException refused) {
                    Thread.sleep(1);
                }
            }
        }
    }

    private static void silentStrangers(Target target) throws Exception {
        int port = target.port();
        List<ScriptedConnection> silent = new ArrayList<>();
        try (ScriptedPeer stranger = ScriptedPeer.named("silent").cookie("wrong")) {
            while (!target.ended().getAsBoolean()) {
                silent.add(stranger.connect(port));
                if (silent.size() > 500) {
                    silent.removeFirst().close();
                }
            }
        } finally {
            silent.forEach(ScriptedConnection::close);
        }
    }

    private static void manyNodes(Target target) throws Exception {
        List<ScriptedPeer> peers = new ArrayList<>();
        List<ScriptedConnection> connections = new ArrayList<>();
        try {
            while (!target.ended().getAsBoolean() && peers.size() < 1_200) {
                ScriptedPeer peer = target.peer();
                peers.add(peer);
                try {
                    connections.add(peer.connectAndShakeHands(target.node()));
                } catch (AssertionError | RuntimeException refused) {
                    Thread.sleep(10);
                }
            }
            target.linger();
        } finally {
            connections.forEach(ScriptedConnection::close);
            peers.forEach(ScriptedPeer::close);
        }
    }

    private static void slowReaders(Target target) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 500 && !target.ended().getAsBoolean(); i++) {
                Socket socket = target.http();
                sockets.add(socket);
                socket.getOutputStream().write("GET /stream?n=10000000 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            }
            target.linger();
        } finally {
            close(sockets);
        }
    }

    private static void slowHeads(Target target) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            while (!target.ended().getAsBoolean()) {
                if (sockets.size() < FloodIT.MAX_CONNECTIONS) {
                    Socket socket = target.http();
                    sockets.add(socket);
                    socket.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(US_ASCII));
                } else {
                    Thread.sleep(200);
                    sockets.removeIf(Flood::isClosed);
                }
            }
        } finally {
            close(sockets);
        }
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.getOutputStream().write('x');
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    /// As many streams on each connection as the server allows, without a client library.
    private static void waitingRequests(Target target) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        byte[] headers = bytes(out -> {
            // SPEC: RFC 7541, Appendix A: POST, http; then literals with the names :path, :authority
            out.write(new byte[] {(byte) 0x83, (byte) 0x86, 0x04, (byte) WAIT.length()});
            out.write(WAIT.getBytes(US_ASCII));
            out.write(new byte[] {0x01, 1, 'x'});
        });
        try {
            for (int i = 0; i < HTTP2_CONNECTIONS && !target.ended().getAsBoolean(); i++) {
                Socket socket = target.http();
                sockets.add(socket);
                socket.getOutputStream().write(bytes(out -> {
                    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
                    out.write(http2Frame(4, 0, 0, new byte[0]));
                    for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
                        out.write(http2Frame(1, 4, stream, headers));
                        out.write(http2Frame(0, 1, stream, "[4000]".getBytes(US_ASCII)));
                    }
                }));
            }
            target.linger();
        } finally {
            close(sockets);
        }
    }

    private interface Writing {
        void to(ByteArrayOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writing.to(out);
        return out.toByteArray();
    }

    /// SPEC: RFC 9113, 4.1
    private static byte[] http2Frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) 0)
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static void largeBodies(Target target) throws Exception {
        byte[] body = ("[\"" + "x".repeat(7 * MIB) + "\"]").getBytes(US_ASCII);
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            senders.add(Thread.ofVirtual().start(() -> {
                while (!target.ended().getAsBoolean()) {
                    try (Socket socket = target.http()) {
                        socket.getOutputStream()
                                .write(("POST /call/pier_sample/echo HTTP/1.1\r\nHost: x\r\nContent-Length: "
                                                + body.length + "\r\nConnection: close\r\n\r\n")
                                        .getBytes(US_ASCII));
                        socket.getOutputStream().write(body);
                        var _ = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                    } catch (IOException refused) {
                        // The next one may not be.
                    }
                }
            }));
        }
        for (Thread sender : senders) {
            sender.join();
        }
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
