package dev.pier.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;

/// One HTTP/1.1 connection that stays open. It knows no more of HTTP than the pages of this bench use: a body has a
/// `Content-Length` or comes in chunks. For one thread at a time.
final class Asker implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final String LENGTH = "content-length:";

    private static final int CHUNKED = -1;

    private final Page page;
    private final Socket socket;
    private final InputStream in;

    Asker(Page page) throws IOException {
        this.page = page;
        socket = new Socket(page.url().getHost(), page.url().getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /// @throws IOException also if the answer is not as it should be
    void ask(long id) throws IOException {
        String request = "GET " + page.url().getPath() + "?id=" + id + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        String status = line();
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException(page.name() + " answers " + status);
        }
        int length = CHUNKED;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                length = Integer.parseInt(header.substring(LENGTH.length()).strip());
            }
        }
        String body = length == CHUNKED ? chunks() : new String(in.readNBytes(length), US_ASCII);
        if (!body.equals(Page.body(id))) {
            throw new IOException(page.name() + " answers to " + id + ": " + body);
        }
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int length = chunkLength(); length > 0; length = chunkLength()) {
            body.append(new String(in.readNBytes(length), US_ASCII));
            line();
        }
        line();
        return body.toString();
    }

    private int chunkLength() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException(page.name() + " has closed the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    static void sleepUntil(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
