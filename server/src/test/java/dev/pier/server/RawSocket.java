package dev.pier.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// A WebSocket client of a test that sends what no library sends, and answers nothing by itself.
final class RawSocket implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;

    record Frame(int opcode, boolean fin, ByteBuffer payload) {
        String text() {
            return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
        }

        /// The code of a close frame.
        int code() {
            return payload.getShort(0) & 0xffff;
        }
    }

    /// @param headers with names in lower case
    record Response(int status, Map<String, String> headers, String body) {}

    private final Socket socket;
    private final DataInputStream in;

    private RawSocket(TestServer server) throws IOException {
        socket = new Socket(
                InetAddress.getLoopbackAddress(), server.server().url().getPort());
        socket.setSoTimeout(30_000);
        in = new DataInputStream(socket.getInputStream());
    }

    /// The headers of a handshake that is as it should be, for a test to change.
    static Map<String, String> headers(TestServer server) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", server.server().url().getAuthority());
        headers.put("Connection", "Upgrade");
        headers.put("Upgrade", "websocket");
        headers.put("Sec-WebSocket-Version", "13");
        headers.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        return headers;
    }

    /// Sends a request, and returns the response.
    static Response request(TestServer server, String line, Map<String, String> headers) throws IOException {
        try (RawSocket raw = new RawSocket(server)) {
            return raw.handshake(line, headers);
        }
    }

    static RawSocket open(TestServer server, String path) throws IOException {
        return open(server, path, headers(server));
    }

    static RawSocket open(TestServer server, String path, Map<String, String> headers) throws IOException {
        RawSocket raw = new RawSocket(server);
        Response response = raw.handshake("GET " + path + " HTTP/1.1", headers);
        if (response.status() != 101) {
            throw new AssertionError(response);
        }
        return raw;
    }

    private Response handshake(String line, Map<String, String> headers) throws IOException {
        StringBuilder request = new StringBuilder(line).append("\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        Map<String, String> answered = new LinkedHashMap<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            answered.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(answered.getOrDefault("content-length", "0"));
        return new Response(status, answered, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    /// Sends a frame, masked as clients must, with a mask of zeros.
    RawSocket send(int opcode, boolean fin, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write((fin ? FIN : 0) | opcode);
        if (payload.length < 126) {
            frame.write(MASKED | payload.length);
        } else {
            frame.write(MASKED | 127);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        frame.writeBytes(new byte[4]);
        frame.writeBytes(payload);
        return sendBytes(frame.toByteArray());
    }

    RawSocket send(int opcode, boolean fin, String payload) throws IOException {
        return send(opcode, fin, payload.getBytes(StandardCharsets.UTF_8));
    }

    RawSocket sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /// The next frame; an `EOFException` at the end of the connection.
    Frame next() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        long size = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
        return new Frame(first & 0x0f, (first & FIN) != 0, ByteBuffer.wrap(in.readNBytes(Math.toIntExact(size))));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
