package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The EPMD of this JVM's tests, on a port of its own, started when first asked for. The one that the machine may have
/// is never touched. Whatever is under test is told this port.
public final class TestEpmd {
    private static final int ATTEMPTS = 5;
    private static final TestEpmd INSTANCE = new TestEpmd();

    private final int port;

    private TestEpmd() {
        port = start();
    }

    public static int port() {
        return INSTANCE.port;
    }

    /// The names registered now, without their host.
    public static Set<String> names() {
        return ports().keySet();
    }

    /// The port of a registered name.
    public static int portOf(String name) {
        return Optional.ofNullable(ports().get(name))
                .orElseThrow(() -> new AssertionError(name + " is not registered at the tests' EPMD: " + names()));
    }

    private static Map<String, Integer> ports() {
        // SPEC: erl_dist_protocol, NAMES_REQ
        try (Socket socket = new Socket(TestHost.address(), port())) {
            socket.getOutputStream().write(new byte[] {0, 1, 'n'});
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readInt();
            // Each line: name <name> at port <port>
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(line -> line.split(" ", -1))
                    .collect(Collectors.toMap(words -> words[1], words -> Integer.valueOf(words[4])));
        } catch (IOException e) {
            throw new UncheckedIOException("the tests' own EPMD does not answer on port " + port(), e);
        }
    }

    /// Registers a hidden node; the name is free again when the registration is closed.
    public static Registration register(String name, int listeningPort) {
        return new Registration(name, listeningPort);
    }

    private static int start() {
        String epmd = ErlangInstallation.find().epmd();
        for (int attempt = 1; ; attempt++) {
            try {
                int port = freePort();
                ProcessBuilder builder =
                        new ProcessBuilder(epmd, "-port", Integer.toString(port), "-address", "127.0.0.1");
                builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
                Process process = ProcessGuard.start(builder);
                Await.until("EPMD on port " + port, () -> !process.isAlive() || answers(port));
                if (process.isAlive()) {
                    return port;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("EPMD does not start: " + epmd, e);
            }
            // Somebody else may have taken the port between our look and EPMD's start.
            if (attempt == ATTEMPTS) {
                throw new IllegalStateException("EPMD ended at once, " + ATTEMPTS + " times: " + epmd);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, TestHost.address())) {
            return socket.getLocalPort();
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(TestHost.address(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /// A name at the EPMD. It lives as long as its connection.
    public static final class Registration implements Closeable {
        private final Socket socket;

        private Registration(String name, int listeningPort) {
            try {
                socket = new Socket(TestHost.address(), TestEpmd.port());
                byte[] bytes = name.getBytes(UTF_8);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                // SPEC: erl_dist_protocol, ALIVE2_REQ
                out.writeShort(13 + bytes.length);
                out.writeByte('x');
                out.writeShort(listeningPort);
                out.writeByte('H');
                out.writeByte(0);
                out.writeShort(6);
                out.writeShort(6);
                out.writeShort(bytes.length);
                out.write(bytes);
                out.writeShort(0);
                out.flush();
                DataInputStream in = new DataInputStream(socket.getInputStream());
                int tag = in.readUnsignedByte();
                int result = in.readUnsignedByte();
                if (tag != 'v' || result != 0) {
                    socket.close();
                    throw new IllegalStateException(
                            "EPMD refuses the name " + name + ": tag " + tag + ", result " + result);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the tests' own EPMD does not register " + name, e);
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
