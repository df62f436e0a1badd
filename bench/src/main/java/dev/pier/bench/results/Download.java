package dev.pier.bench.results;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/// An HTTP client that reads a long response at its own pace and discards it. For one thread.
final class Download implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 120_000;

    /// Unique in the response: the JSON bodies contain no CR LF.
    private static final String LAST_CHUNK = "0\r\n\r\n";

    private final Socket socket = new Socket();
    private final InputStream in;
    private final byte[] buffer;

    /// @param bytes the size of one read, and of the socket's receive buffer
    Download(URI url, int bytes) throws IOException {
        buffer = new byte[bytes];
        socket.setReceiveBufferSize(bytes);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
        String request = "GET " + url.getPath() + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        in = socket.getInputStream();
        String status = new String(in.readNBytes("HTTP/1.1 200".length()), US_ASCII);
        if (!status.equals("HTTP/1.1 200")) {
            throw new IOException("unexpected status of " + url + ": " + status);
        }
    }

    /// Reads a part of the response.
    ///
    /// @return the number of bytes read
    /// @throws IOException also at the end of the response
    int readPart() throws IOException {
        int read = in.read(buffer);
        if (read < 0) {
            throw new IOException("the connection was closed before the end of the response");
        }
        return read;
    }

    /// Reads the rest of the response.
    ///
    /// @throws IOException also if the response is not complete
    void readAll() throws IOException {
        String end = "";
        while (!end.equals(LAST_CHUNK)) {
            int read = readPart();
            int tail = Math.min(read, LAST_CHUNK.length());
            end += new String(buffer, read - tail, tail, US_ASCII);
            end = end.substring(Math.max(0, end.length() - LAST_CHUNK.length()));
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
