package dev.pier.erlang.transport;

import dev.pier.pem.KeyFileException;
import java.io.IOException;

/// A file of the TLS settings cannot be used. The message names the file and the reason, and shows nothing of a key
/// or a password.
public final class TlsFileException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Item item;

    /// Which file it is.
    public enum Item {
        CERTIFICATE("certificate"),
        KEY("key"),
        KEY_PASSWORD("key-password-file"),
        KEYSTORE("keystore"),
        PASSWORD("password-file"),
        CA("ca");

        private final String setting;

        Item(String setting) {
            this.setting = setting;
        }

        /// Its key in `erlang.tls`.
        public String setting() {
            return setting;
        }
    }

    TlsFileException(Item item, KeyFileException problem) {
        super(problem.getMessage(), problem.getCause());
        this.item = item;
    }

    TlsFileException(Item item, String problem) {
        super(problem);
        this.item = item;
    }

    public Item item() {
        return item;
    }

    /// With the setting in front: `TLS key: file pier.key …`.
    IOException forNode() {
        return new IOException("TLS " + item.setting() + ": " + getMessage(), this);
    }
}
