package dev.pier.datasource;

import dev.pier.pem.KeyFileException;
import dev.pier.pem.SecretFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The password of a data source.
sealed interface Password {
    /// @return null for a data source without a password
    /// @throws KeyFileException if its file cannot be used
    @Nullable
    String read() throws KeyFileException;

    /// One that stands in `server.conf` or in the environment.
    final class Fixed implements Password {
        private final @Nullable String text;

        Fixed(@Nullable String text) {
            this.text = text;
        }

        @Override
        public @Nullable String read() {
            return text;
        }
    }

    /// The first line of a file, which is read for each new connection: a renewed password needs no restart.
    record FirstLine(Path file) implements Password {
        @Override
        public String read() throws KeyFileException {
            return new String(SecretFile.password(file));
        }
    }
}
