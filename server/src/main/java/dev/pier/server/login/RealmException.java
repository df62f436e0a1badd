package dev.pier.server.login;

import java.io.IOException;

/// A realm cannot be opened. The message is for the operator.
public final class RealmException extends IOException {
    private static final long serialVersionUID = 1L;

    RealmException(String realm, Exception cause) {
        super("realms." + realm + ": " + (cause.getMessage() == null ? cause.toString() : cause.getMessage()), cause);
    }
}
