package dev.pier.erlang.handshake;

import static dev.pier.erlang.testing.Bytes.bytes;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.TestHost;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A connection over loopback: the handshake under test runs at one end, on a virtual thread; the test plays the
/// other end packet by packet.
final class LoopbackScene implements AutoCloseable {
    final SocketChannel ours;
    private final Socket theirs;
    private final DataInputStream in;

    LoopbackScene() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(TestHost.address(), 0));
            theirs = new Socket(TestHost.address(), ((InetSocketAddress) server.getLocalAddress()).getPort());
            ours = server.accept();
        }
        theirs.setSoTimeout(Math.toIntExact(Await.PATIENCE.toMillis()));
        in = new DataInputStream(theirs.getInputStream());
    }

    StreamTransport transport() {
        return StreamTransport.tcp(ours);
    }

    /// Starts the handshake under test. If it fails, the connection is closed, as by any caller.
    FutureTask<HandshakeResult> start(Callable<HandshakeResult> handshake) {
        FutureTask<HandshakeResult> task = new FutureTask<>(() -> {
            try {
                return handshake.call();
            } catch (IOException e) {
                ours.close();
                throw e;
            }
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    void send(Bytes packet) throws IOException {
        byte[] payload = packet.array();
        sendRaw(bytes().u16(payload.length).raw(payload).array());
    }

    void sendRaw(byte... raw) throws IOException {
        theirs.getOutputStream().write(raw);
    }

    byte[] receive() throws IOException {
        byte[] packet = new byte[in.readUnsignedShort()];
        in.readFully(packet);
        return packet;
    }

    /// Whether the other end has closed the connection.
    boolean seesEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    void leave() throws IOException {
        theirs.close();
    }

    static HandshakeResult success(FutureTask<HandshakeResult> task) {
        return Await.result("the handshake", task);
    }

    static HandshakeException failure(FutureTask<HandshakeResult> task) {
        try {
            HandshakeResult unexpected = task.get(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            throw new AssertionError("the handshake succeeded: " + unexpected);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HandshakeException failure) {
                return failure;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the handshake did not end in time", e);
        }
    }

    @Override
    public void close() throws IOException {
        theirs.close();
        ours.close();
    }
}
