package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The connection over which one Erlang node is told what to do. It has nothing to do with Erlang's distribution, so a
/// node can be asked whatever state its distribution is in.
///
/// Requests of many threads run side by side; one virtual thread reads the answers. The node halts when this closes.
final class ControlChannel implements Closeable {
    private static final int ACCEPT_MILLIS = 50;

    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;
    private final long pid;
    private final String otpRelease;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();
    private volatile boolean ended;

    /// The node did what it was told, and it failed. The message is Erlang's own text.
    static final class Failure extends Exception {
        private Failure(byte[] text) {
            super(new String(text, UTF_8));
        }
    }

    private ControlChannel(Socket socket, DataInputStream in, String[] greeting) throws IOException {
        this.socket = socket;
        this.in = in;
        socket.setTcpNoDelay(true);
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        pid = Long.parseLong(greeting[1]);
        otpRelease = greeting[2];
        Thread.ofVirtual().name("control-" + pid).start(this::readAnswers);
    }

    /// Waits for the node to connect and to show the token that it was started with.
    static ControlChannel accept(ServerSocket server, String token, Process process, Duration deadline)
            throws IOException {
        long start = System.nanoTime();
        server.setSoTimeout(ACCEPT_MILLIS);
        while (System.nanoTime() - start < deadline.toNanos()) {
            if (!process.isAlive()) {
                throw new IOException("it ended with exit status " + process.exitValue());
            }
            try {
                Socket socket = server.accept();
                DataInputStream in = new DataInputStream(socket.getInputStream());
                String[] greeting = new String(readFrame(in), UTF_8).split(" ", -1);
                if (MessageDigest.isEqual(greeting[0].getBytes(UTF_8), token.getBytes(UTF_8))) {
                    return new ControlChannel(socket, in, greeting);
                }
                socket.close();
            } catch (SocketTimeoutException notYet) {
                // Look at the process again: it may have ended.
            }
        }
        throw new IOException("it did not report within " + deadline.toSeconds() + " s");
    }

    /// The operating system's process id of the node itself.
    long pid() {
        return pid;
    }

    String otpRelease() {
        return otpRelease;
    }

    CompletableFuture<byte[]> request(char what, byte[] payload) {
        long id = ids.incrementAndGet();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        try {
            synchronized (out) {
                out.writeInt(Long.BYTES + 1 + payload.length);
                out.writeLong(id);
                out.writeByte(what);
                out.write(payload);
                out.flush();
            }
        } catch (IOException gone) {
            ended = true;
        }
        // The reader fails what it finds when the connection ends; what is added after that fails here.
        if (ended) {
            fail(id);
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void readAnswers() {
        try {
            while (true) {
                int length = in.readInt();
                CompletableFuture<byte[]> answer = waiting.remove(in.readLong());
                boolean ok = in.readByte() == 'o';
                byte[] bytes = new byte[length - Long.BYTES - 1];
                in.readFully(bytes);
                if (answer == null) {
                    continue;
                }
                if (ok) {
                    answer.complete(bytes);
                } else {
                    answer.completeExceptionally(new Failure(bytes));
                }
            }
        } catch (IOException gone) {
            ended = true;
            waiting.keySet().forEach(this::fail);
        }
    }

    private void fail(long id) {
        CompletableFuture<byte[]> answer = waiting.remove(id);
        if (answer != null) {
            answer.completeExceptionally(new IOException("the node has gone"));
        }
    }

    private static byte[] readFrame(DataInputStream in) throws IOException {
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        return payload;
    }
}
