package dev.pier.server.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/// HTTP/2 without TLS for clients that start with it (prior knowledge). A client that asks for an upgrade from
/// HTTP/1.1 continues with HTTP/1.1.
///
/// SPEC: RFC 9113, section 3.1: the upgrade is obsolete. On a busy machine, Jetty 12.1 sometimes resets the stream of
/// the first response after an upgrade.
final class PriorKnowledgeHttp2 extends HTTP2CServerConnectionFactory {
    private static final String PREFACE = "PRI";

    PriorKnowledgeHttp2(HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable response) {
        // Jetty parses the preface of HTTP/2 as a request with this method.
        return PREFACE.equals(request.getMethod())
                ? super.upgradeConnection(connector, endPoint, request, response)
                : null;
    }
}
