package dev.pier.server.http;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import org.eclipse.jetty.server.ServerConnector;

/// Opens the ports of Jetty's connectors and tells their URLs.
public final class Connectors {
    private Connectors() {}

    /// Opens the port of a connector. The kernel queues connections until the connector is started.
    ///
    /// @param setting the key of the port in `server.conf`, for the message of the exception
    /// @throws IOException if the port cannot be opened, with a message for the operator
    public static void open(ServerConnector connector, String setting) throws IOException {
        try {
            connector.open();
        } catch (IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof UnresolvedAddressException) {
                throw new IOException(
                        "cannot listen on " + connector.getHost() + ": the host has no address ("
                                + setting.replace("port", "host") + ")",
                        e);
            }
            throw new AddressInUseException(setting, connector.getHost(), connector.getPort(), cause);
        }
    }

    /// The URL of an open connector, with the host `localhost` if it listens on all addresses.
    public static URI url(String scheme, ServerConnector connector) {
        String host = connector.getHost();
        String name = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
        String inUrl = name.contains(":") ? "[" + name + "]" : name;
        return URI.create(scheme + "://" + inUrl + ":" + connector.getLocalPort() + "/");
    }
}
