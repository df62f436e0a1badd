package dev.pier.server.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/// HTTP/2 without encryption for clients that begin with it; a client that asks to be upgraded stays with HTTP/1.1.
///
/// RFC 9113, section 3.1, has done away with the upgrade; and the first response after one was lost now and then, its
/// stream reset, when the machine was busy.
final class PriorKnowledgeHttp2 extends HTTP2CServerConnectionFactory {
    private static final String PREFACE = "PRI";

    PriorKnowledgeHttp2(HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable response) {
        // The preface of HTTP/2 reads like a request with this method, and comes this way too.
        return PREFACE.equals(request.getMethod())
                ? super.upgradeConnection(connector, endPoint, request, response)
                : null;
    }
}
