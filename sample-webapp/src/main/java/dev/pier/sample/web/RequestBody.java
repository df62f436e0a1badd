package dev.pier.sample.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// The text of a request, read within a bound.
public final class RequestBody {
    public static final int MAX_BYTES = 1 << 20;

    /// How much more of a body that is too large is taken in and thrown away. To leave it unread would reset the
    /// connection, and the client would see that instead of the answer.
    private static final long MAX_DISCARDED = 16L << 20;

    private RequestBody() {}

    /// @throws BadRequest if it has more than [#MAX_BYTES] bytes, or is not UTF-8
    public static String text(HttpServletRequest request) throws IOException, BadRequest {
        boolean saysTooLarge = request.getContentLengthLong() > MAX_BYTES;
        if (saysTooLarge) {
            throw tooLarge();
        }
        InputStream in = request.getInputStream();
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            discard(in);
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

    /// Takes in what has not been read. To be done before a request is refused.
    public static void discard(HttpServletRequest request) throws IOException {
        if (request.getHeader("Expect") != null) {
            return; // The client waits for our word before it sends.
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
        return new BadRequest(413, "the body may have " + MAX_BYTES + " bytes");
    }
}
