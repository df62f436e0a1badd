package dev.pier.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;

/// A persistent HTTP/1.1 connection. Supports only what the pages of this bench use: bodies with `Content-Length` or in
/// chunks. For one thread at a time.
final class PageConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final String LENGTH = "content-length:";

    private static final int CHUNKED = -1;

    private final Page page;
    private final Socket socket;
    private final InputStream in;

    PageConnection(Page page) throws IOException {
        this.page = page;
        socket = new Socket(page.url().getHost(), page.url().getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /// Requests the page and checks the response.
    ///
    /// @throws IOException also if the response is not the expected one
    void request(long id) throws IOException {
        String request = "GET " + page.url().getPath() + "?id=" + id + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        String status = line();
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException("unexpected status of " + page.name() + ": " + status);
        }
        int length = CHUNKED;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                length = Integer.parseInt(header.substring(LENGTH.length()).strip());
            }
        }
        String body = length == CHUNKED ? chunks() : new String(in.readNBytes(length), US_ASCII);
        if (!body.equals(Page.body(id))) {
            throw new IOException("unexpected response of " + page.name() + " to id " + id + ": " + body);
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
                throw new IOException("connection closed by " + page.name());
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
