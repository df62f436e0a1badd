package dev.pier.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An EPMD in Java on the loopback interface, so that tests need no Erlang and never meet the machine's EPMD.
/// Nodes of Pier and real Erlang nodes register here alike.
///
/// *Threads.* Safe for all threads; each connection has a virtual thread.
///
/// SPEC: erl_dist_protocol, "Protocol between the EPMD daemon and the nodes".
final class EpmdServer implements AutoCloseable {
    private static final int ALIVE2_REQUEST = 120;
    private static final int ALIVE2_X_RESPONSE = 118;
    private static final int PORT_PLEASE2_REQUEST = 122;
    private static final int PORT2_RESPONSE = 119;
    private static final int NAMES_REQUEST = 110;

    /// In a registration after the port: type, protocol and two versions stand before the length of the name.
    private static final int LENGTH_AT = 6;

    private static final int NAME_AT = 8;

    private final ServerSocket listener;
    private final Map<String, Registered> names = new ConcurrentSkipListMap<>();
    private final Map<Socket, Boolean> connections = new ConcurrentHashMap<>();
    private final AtomicInteger creations = new AtomicInteger();

    /// A node with a name.
    private static final class Registered {
        private final int port;

        /// As in the registration: type, protocol, versions, name, extra field.
        private final byte[] afterPort;

        Registered(int port, byte[] afterPort) {
            this.port = port;
            this.afterPort = afterPort;
        }
    }

    private EpmdServer(ServerSocket listener) {
        this.listener = listener;
        Thread.ofVirtual().name("test-epmd").start(this::accept);
    }

    /// Starts one on a free port.
    static EpmdServer start() {
        try {
            return new EpmdServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        } catch (IOException e) {
            throw new UncheckedIOException("the tests' EPMD cannot open a port", e);
        }
    }

    /// The one of this JVM. Names of nodes are unique in it, so tests in parallel share it.
    static EpmdServer shared() {
        return Shared.INSTANCE;
    }

    private static final class Shared {
        static final EpmdServer INSTANCE = start();
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.put(socket, true);
                Thread.ofVirtual().name("test-epmd-connection").start(() -> serve(socket));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        String registered = null;
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            byte[] request = new byte[in.readUnsignedShort()];
            in.readFully(request);
            ByteBuffer body = ByteBuffer.wrap(request);
            switch (body.get()) {
                case ALIVE2_REQUEST -> {
                    registered = register(body, out);
                    if (registered != null) {
                        // The name is free again when the node closes the connection.
                        int _ = in.read();
                    }
                }
                case PORT_PLEASE2_REQUEST -> port(text(body), out);
                case NAMES_REQUEST -> list(out);
                default -> {
                    // EPMD closes the connection, too.
                }
            }
        } catch (IOException | RuntimeException _) {
            // The connection ends, and with it the registration.
        } finally {
            connections.remove(socket);
            if (registered != null) {
                names.remove(registered);
            }
        }
    }

    private static String text(ByteBuffer bytes) {
        byte[] text = new byte[bytes.remaining()];
        bytes.get(text);
        return new String(text, UTF_8);
    }

    private @Nullable String register(ByteBuffer body, DataOutputStream out) throws IOException {
        int port = Short.toUnsignedInt(body.getShort());
        byte[] afterPort = new byte[body.remaining()];
        body.get(afterPort);
        int length = Short.toUnsignedInt(ByteBuffer.wrap(afterPort).getShort(LENGTH_AT));
        String name = new String(afterPort, NAME_AT, length, UTF_8);
        boolean free = names.putIfAbsent(name, new Registered(port, afterPort)) == null;
        out.writeByte(ALIVE2_X_RESPONSE);
        out.writeByte(free ? 0 : 1);
        out.writeInt(creations.incrementAndGet());
        out.flush();
        return free ? name : null;
    }

    private void port(String name, DataOutputStream out) throws IOException {
        Registered found = names.get(name);
        out.writeByte(PORT2_RESPONSE);
        out.writeByte(found == null ? 1 : 0);
        if (found != null) {
            out.writeShort(found.port);
            out.write(found.afterPort);
        }
        out.flush();
    }

    private void list(DataOutputStream out) throws IOException {
        out.writeInt(port());
        for (Map.Entry<String, Registered> entry : names.entrySet()) {
            out.write(("name " + entry.getKey() + " at port " + entry.getValue().port + "\n").getBytes(UTF_8));
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : connections.keySet()) {
            socket.close();
        }
    }
}
