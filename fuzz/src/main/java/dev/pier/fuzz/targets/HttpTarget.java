package dev.pier.fuzz.targets;

import dev.pier.fuzz.Target;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The bytes that a client sends on a connection to the server's HTTP port, and after which it sends no more.
///
/// The server refuses an input by a status from 400 to 499, 501, 505, or by closing the connection. No input leads to
/// another 5xx status, and a later request is served.
final class HttpTarget implements Target {
    static final String NAME = "http";

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})[^\r\n]*\r\n");

    private final RunningServer running = new RunningServer();
    private final URI url = running.server().url();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int shortRun() {
        return 1_000;
    }

    @Override
    public List<byte[]> seeds() {
        return texts(
                "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /a/../b;c=d?e=%C3%A4&f HTTP/1.1\r\nHost: localhost\r\nCookie: JSESSIONID=1\r\nConnection: close\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n",
                "PUT /x HTTP/1.1\r\nHost: [::1]:80\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n1",
                "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "HEAD http://localhost/ HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /two HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
    }

    @Override
    public List<byte[]> dictionary() {
        return texts(
                "\r\n",
                "\n",
                "\r\n ",
                ": ",
                "\0",
                "%00",
                "%2e%2e/",
                "//",
                ";",
                "Content-Length: 5\r\n",
                "Content-Length: -1\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Upgrade: h2c\r\nConnection: Upgrade\r\n",
                "Host: a@b\r\n",
                "CONNECT",
                "TRACE",
                " HTTP/9.9",
                "ffffffffffffffff\r\n");
    }

    private static List<byte[]> texts(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    @Override
    public boolean accepts(byte[] input) throws IOException {
        boolean accepted = true;
        for (String status : STATUS_LINE
                .matcher(exchange(input))
                .results()
                .map(match -> match.group(1))
                .toList()) {
            if (status.startsWith("5") && !status.equals("501") && !status.equals("505")) {
                throw new AssertionError("the server answers " + status);
            }
            accepted &= status.startsWith("2") || status.equals("404");
        }
        return accepted;
    }

    /// The whole response, or what came before a reset.
    private String exchange(byte[] input) throws IOException {
        StringBuilder response = new StringBuilder();
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(input);
            socket.shutdownOutput();
            byte[] buffer = new byte[8192];
            int count = socket.getInputStream().read(buffer);
            while (count >= 0) {
                response.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                count = socket.getInputStream().read(buffer);
            }
        } catch (SocketException reset) {
            // The server may close before it has read everything.
        }
        return response.toString();
    }

    @Override
    public void close() {
        running.close();
    }
}
