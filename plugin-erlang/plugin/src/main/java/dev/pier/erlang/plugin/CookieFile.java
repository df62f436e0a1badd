package dev.pier.erlang.plugin;

import dev.pier.erlang.handshake.Cookie;
import dev.pier.server.config.FilePermissions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Reads the file that holds the cookie, under Erlang's conditions: its owner alone may read it.
/// SPEC: auth.erl, "Cookie file must be accessible by owner only".
final class CookieFile {
    private static final int MAX_BYTES = 4096;

    private CookieFile() {}

    /// The cookie.
    ///
    /// @throws IOException if there is none to be had, in a sentence that names the file and shows nothing of it
    static Cookie read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("cookie file " + file + " does not exist: Erlang makes one at ~/.erlang.cookie,"
                    + " and all nodes that talk to each other need the same");
        }
        Optional<String> complaint = FilePermissions.problem(file);
        if (complaint.isPresent()) {
            throw new IOException("cookie file " + file + " " + complaint.get());
        }
        if (!Files.isReadable(file)) {
            throw new IOException("cookie file " + file + " cannot be read by user " + System.getProperty("user.name"));
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("cookie file " + file + " has more than " + MAX_BYTES + " bytes: that is no cookie");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (text.isEmpty()) {
            throw new IOException("cookie file " + file + " is empty");
        }
        try {
            return Cookie.of(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("cookie file " + file + ": " + e.getMessage(), e);
        }
    }
}
