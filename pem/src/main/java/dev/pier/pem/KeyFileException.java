package dev.pier.pem;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file with a certificate, a key or a password cannot be used. The message names the file and the reason, and shows
/// nothing of a key or a password.
public final class KeyFileException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;

    /// @param problem the second half of a sentence that begins with the file
    public KeyFileException(Path file, String problem, @Nullable Throwable cause) {
        super("file " + file + " " + problem, cause);
        this.file = file.toString();
    }

    /// The file that cannot be used.
    public Path file() {
        return Path.of(file);
    }
}
