package dev.pier.bench.results;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/// A client that takes a long answer at its own pace and keeps nothing of it. For one thread.
final class Download implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 120_000;
    /// Stands nowhere else: JSON has no line breaks of two characters.
    private static final String LAST_CHUNK = "0\r\n\r\n";

    private final Socket socket = new Socket();
    private final InputStream in;
    private final byte[] buffer;

    /// @param bytes how many are taken at once; the socket takes in not many more by itself if they are few
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
            throw new IOException(url + " answers " + status);
        }
    }

    /// Takes a part.
    ///
    /// @return how many bytes it has
    /// @throws IOException also if there are none left
    int part() throws IOException {
        int read = in.read(buffer);
        if (read < 0) {
            throw new IOException("the answer has been cut off");
        }
        return read;
    }

    /// Takes all.
    ///
    /// @throws IOException also if the answer is not whole
    void all() throws IOException {
        String end = "";
        while (!end.equals(LAST_CHUNK)) {
            int read = part();
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
