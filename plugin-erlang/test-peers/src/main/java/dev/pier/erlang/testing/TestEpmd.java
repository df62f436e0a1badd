package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;

/// The EPMD of this JVM's tests, on a port of its own, started when first asked for. The one that the machine may have
/// is never touched. Whatever is under test is told this port.
public final class TestEpmd {
    private static final EpmdProcess SHARED = EpmdProcess.start();

    private TestEpmd() {}

    public static int port() {
        return SHARED.port();
    }

    /// The names registered now, without their host.
    public static Set<String> names() {
        return SHARED.names().keySet();
    }

    /// The port of a registered name.
    public static int portOf(String name) {
        return Optional.ofNullable(SHARED.names().get(name))
                .orElseThrow(() -> new AssertionError(name + " is not registered at the tests' EPMD: " + names()));
    }

    /// Registers a hidden node; the name is free again when the registration is closed.
    public static Registration register(String name, int listeningPort) {
        return new Registration(name, listeningPort);
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
