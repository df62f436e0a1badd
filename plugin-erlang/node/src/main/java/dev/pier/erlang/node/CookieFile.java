package dev.pier.erlang.node;

import dev.pier.erlang.handshake.Cookie;
import dev.pier.pem.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the file that holds the cookie. Like Erlang, it refuses a file that users other than the owner can access.
/// OTP: auth.erl:check_attributes.
final class CookieFile {
    private static final int MAX_BYTES = 4096;

    private static final Pattern CONTENT = Pattern.compile("([ -~]*)[\\n\\r ]*");

    private CookieFile() {}

    /// The cookie.
    ///
    /// @throws IOException if it cannot be read; the message names the file and shows nothing of its content
    static Cookie read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    "cookie file " + file + " does not exist: Erlang creates ~/.erlang.cookie at its first"
                            + " start, and all nodes that talk to each other need the same cookie");
        }
        checkPermissions(file);
        if (!Files.isReadable(file)) {
            throw new IOException("cookie file " + file + " cannot be read by user " + System.getProperty("user.name"));
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("cookie file " + file + " has more than " + MAX_BYTES
                    + " bytes; a cookie has at most 255 characters");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (text.isBlank()) {
            throw new IOException("cookie file " + file + " is empty");
        }
        try {
            return Cookie.of(cookieIn(text));
        } catch (IllegalArgumentException e) {
            throw new IOException("cookie file " + file + ": " + e.getMessage(), e);
        }
    }

    /// The cookie is all of the text before the line end, spaces included. OTP: auth.erl:check_cookie.
    static String cookieIn(String text) {
        Matcher parts = CONTENT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "invalid cookie: one line of printable ASCII characters is allowed, as in Erlang");
        }
        return parts.group(1);
    }

    private static void checkPermissions(Path file) throws IOException {
        Optional<String> problem = SecretFile.accessProblem(file);
        if (problem.isPresent()) {
            throw new IOException("cookie file " + file + " " + problem.get());
        }
    }
}
