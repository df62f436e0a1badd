package dev.pier.server.http;

import java.io.IOException;
import java.net.URI;
import org.eclipse.jetty.server.ServerConnector;

/// The address of a connector: opened with a sentence where that fails, and written as one can click it.
public final class Connectors {
    private Connectors() {}

    /// Opens a connector's port, which then queues connections until the connector is started.
    ///
    /// @param setting the key that says which port it is
    public static void open(ServerConnector connector, String setting) throws AddressInUseException {
        try {
            connector.open();
        } catch (IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new AddressInUseException(setting, connector.getHost(), connector.getPort(), cause);
        }
    }

    /// The URL of an open connector; `localhost` stands for all addresses of the machine.
    public static URI url(String scheme, ServerConnector connector) {
        String host = connector.getHost();
        String name = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
        String inUrl = name.contains(":") ? "[" + name + "]" : name;
        return URI.create(scheme + "://" + inUrl + ":" + connector.getLocalPort() + "/");
    }
}
