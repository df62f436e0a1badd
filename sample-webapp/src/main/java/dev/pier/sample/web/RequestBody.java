package dev.pier.sample.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads the body of a request as text, up to [#MAX_BYTES].
public final class RequestBody {
    public static final int MAX_BYTES = 1 << 20;

    /// How much of an unread body is read and discarded. Leaving it unread would reset the connection, and the
    /// client would see the reset instead of the response.
    private static final long MAX_DISCARDED = 16L << 20;

    private RequestBody() {}

    /// @throws BadRequest if the body has more than [#MAX_BYTES] bytes, or is not UTF-8
    public static String text(HttpServletRequest request) throws IOException, BadRequest {
        if (request.getContentLengthLong() > MAX_BYTES) {
            throw tooLarge();
        }
        InputStream in = request.getInputStream();
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            discard(in); // Here, because the read above has asked a client with "Expect" for the body.
            throw tooLarge();
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new BadRequest(400, "the body is not UTF-8");
        }
    }

    /// Reads and discards the unread rest of the body. To be called before a request is refused.
    public static void discard(HttpServletRequest request) throws IOException {
        if (request.getHeader("Expect") != null) {
            return; // The client waits for "100 Continue" before it sends the body.
        }
        discard(request.getInputStream());
    }

    private static void discard(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = MAX_DISCARDED;
        for (int read = 0; read >= 0 && left > 0; read = in.read(buffer)) {
            left -= read;
        }
    }

    private static BadRequest tooLarge() {
        return new BadRequest(413, "the body is too large: at most " + MAX_BYTES + " bytes");
    }
}
