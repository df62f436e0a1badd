package dev.pier.erlang.testing;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Stands before a port, and records the traffic in both directions, as an attacker on the network can.
///
/// Threads: any thread may ask.
public final class ByteRecorder implements Closeable {
    private final ServerSocket server;
    private final int port;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream toPort = new ByteArrayOutputStream();
    private final ByteArrayOutputStream fromPort = new ByteArrayOutputStream();

    /// @param port what to pass connections on to
    public ByteRecorder(int port) {
        this.port = port;
        try {
            server = new ServerSocket(0, 10, TestHost.address());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::acceptAll);
    }

    /// Where to connect to.
    public int port() {
        return server.getLocalPort();
    }

    /// The bytes sent to the port so far.
    public byte[] sent() {
        return copy(toPort);
    }

    /// The bytes that came from the port so far.
    public byte[] received() {
        return copy(fromPort);
    }

    private static byte[] copy(ByteArrayOutputStream recorded) {
        synchronized (recorded) {
            return recorded.toByteArray();
        }
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket target = new Socket(TestHost.address(), port);
                sockets.add(client);
                sockets.add(target);
                Thread.ofVirtual().start(() -> pass(client, target, toPort));
                Thread.ofVirtual().start(() -> pass(target, client, fromPort));
            }
        } catch (IOException closed) {
            // The test has ended.
        }
    }

    private static void pass(Socket from, Socket to, ByteArrayOutputStream recorded) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[16 << 10];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                synchronized (recorded) {
                    recorded.write(bytes, 0, read);
                }
                out.write(bytes, 0, read);
            }
        } catch (IOException ended) {
            // Both ends of a connection end together.
        }
    }

    /// Ends all connections, wherever they are.
    public void cut() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        cut();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
