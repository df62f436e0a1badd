package dev.pier.server.http;

import java.io.IOException;

/// A port cannot be opened; the message is a sentence for the operator that names port and setting.
public final class AddressInUseException extends IOException {
    public AddressInUseException(String setting, String host, int port, Throwable cause) {
        super(
                "cannot listen on " + host + ":" + port + " (" + setting + "): " + cause.getMessage()
                        + ". Another program may have the port; choose another one, or 0 for any that is free",
                cause);
    }
}
