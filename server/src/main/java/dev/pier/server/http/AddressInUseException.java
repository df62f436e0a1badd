package dev.pier.server.http;

import java.io.IOException;

/// A port cannot be opened. The message is for the operator and names the port and its setting.
public final class AddressInUseException extends IOException {
    /// @param setting the key of the port in `server.conf`
    public AddressInUseException(String setting, String host, int port, Throwable cause) {
        super(
                "cannot listen on " + host + ":" + port + " (" + setting + "): " + cause.getMessage()
                        + ". If another program uses the port, choose another one; 0 stands for any free port",
                cause);
    }
}
