package dev.pier.server.http;

import dev.pier.server.task.LogInterval;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The header of the PROXY protocol, version 1 or 2, at the beginning of each connection: the address of the client of
/// a proxy. A connection without it is closed.
///
/// SPEC: The PROXY protocol, section 2: a receiver does not guess whether there is a header.
final class ProxyHeader extends ProxyConnectionFactory {
    private static final Logger log = LoggerFactory.getLogger(ProxyHeader.class);

    private final LogInterval warnings = new LogInterval();

    /// @param next the protocol that follows the header
    ProxyHeader(String next) {
        super(next);
    }

    @Override
    protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer buffer) {
        if (warnings.permits()) {
            log.warn(
                    "Closing connections without a header of the PROXY protocol (http.proxy-protocol), such as one from"
                            + " {}. Let the proxy send it (haproxy: send-proxy-v2), or turn the setting off",
                    endPoint.getRemoteSocketAddress());
        }
        endPoint.close();
    }
}
