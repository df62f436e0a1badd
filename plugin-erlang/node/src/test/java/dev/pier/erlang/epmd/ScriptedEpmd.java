package dev.pier.erlang.epmd;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.TestHost;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An EPMD with scripted answers, for one connection at a time.
final class ScriptedEpmd implements Closeable {
    /// The answer to one request.
    @SuppressWarnings("ArrayRecordComponent") // answers are never compared
    private record Answer(byte[] reply, boolean inPieces, boolean keepOpen) {}

    private final ServerSocket server;
    private final Thread serving;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> requests = new LinkedBlockingQueue<>();
    private volatile @Nullable Socket held;

    ScriptedEpmd(int port) throws IOException {
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(TestHost.address(), port));
        serving = Thread.ofVirtual().name("scripted-epmd").start(this::serve);
    }

    int port() {
        return server.getLocalPort();
    }

    /// Answers one request and closes.
    void answer(byte[] reply) {
        answers.add(new Answer(reply, false, false));
    }

    /// Answers one request byte by byte and closes.
    void answerInPieces(byte[] reply) {
        answers.add(new Answer(reply, true, false));
    }

    /// Answers one request and stays connected.
    void hold(byte... reply) {
        answers.add(new Answer(reply, false, true));
    }

    /// The next request, without its length.
    byte[] request() {
        try {
            byte[] request = requests.poll(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (request == null) {
                throw new AssertionError("no request arrived");
            }
            return request;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    boolean seesEndOfHeld() throws IOException {
        Socket socket = held;
        if (socket == null) {
            throw new AssertionError("no connection is held");
        }
        socket.setSoTimeout(Math.toIntExact(Await.PATIENCE.toMillis()));
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private void serve() {
        try {
            while (true) {
                serve(server.accept());
            }
        } catch (IOException | InterruptedException end) {
            // The test has closed the server.
        }
    }

    private void serve(Socket socket) throws IOException, InterruptedException {
        socket.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] request = new byte[in.readUnsignedShort()];
        in.readFully(request);
        requests.add(request);
        Answer answer = answers.take();
        if (answer.keepOpen()) {
            // Before the reply: `close` may be called as soon as the client has read it.
            held = socket;
        }
        if (answer.inPieces()) {
            for (byte b : answer.reply()) {
                socket.getOutputStream().write(b);
            }
        } else {
            socket.getOutputStream().write(answer.reply());
        }
        if (!answer.keepOpen()) {
            socket.close();
        }
    }

    /// Returns when the port refuses connections: the JDK keeps it open while a thread accepts.
    @Override
    public void close() throws IOException {
        server.close();
        Socket socket = held;
        if (socket != null) {
            socket.close();
        }
        serving.interrupt();
        try {
            serving.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
