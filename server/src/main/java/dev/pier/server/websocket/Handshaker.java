package dev.pier.server.websocket;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.Negotiated;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.eclipse.jetty.websocket.core.server.internal.AbstractHandshaker;
import org.eclipse.jetty.websocket.core.server.internal.RFC6455Negotiation;
import org.eclipse.jetty.websocket.core.server.internal.RFC8441Negotiation;
import org.eclipse.jetty.websocket.core.server.internal.WebSocketNegotiation;
import org.eclipse.jetty.websocket.core.util.WebSocketUtils;

/// Jetty's handshake for one version of HTTP, with connections whose endpoints run on virtual threads. Jetty's own
/// connections run some of them on the few platform threads of the connector, which all other clients need too.
///
/// *Threads.* Safe for all threads.
abstract sealed class Handshaker extends AbstractHandshaker {
    private final WebSocketSettings settings;

    private Handshaker(WebSocketSettings settings) {
        this.settings = settings;
    }

    static Handshaker http1(WebSocketSettings settings) {
        return new Http1(settings);
    }

    static Handshaker http2(WebSocketSettings settings) {
        return new Http2(settings);
    }

    abstract EndPoint endPoint(Request request);

    @Override
    protected WebSocketCoreSession newWebSocketCoreSession(
            Request request, FrameHandler handler, Negotiated negotiated, WebSocketComponents components) {
        return new SocketSession(
                (SocketHandler) handler,
                negotiated,
                components,
                request.getContext(),
                request.getConnectionMetaData().getConnector().getScheduler(),
                settings);
    }

    @Override
    protected WebSocketConnection createWebSocketConnection(Request request, WebSocketCoreSession session) {
        Connector connector = request.getConnectionMetaData().getConnector();
        return newWebSocketConnection(
                endPoint(request),
                session.getWebSocketComponents().getExecutor(),
                connector.getScheduler(),
                connector.getByteBufferPool(),
                session);
    }

    private static final class Http1 extends Handshaker {
        private static final HttpField UPGRADE = new PreEncodedHttpField(HttpHeader.UPGRADE, "websocket");
        private static final HttpField CONNECTION =
                new PreEncodedHttpField(HttpHeader.CONNECTION, HttpHeader.UPGRADE.asString());

        Http1(WebSocketSettings settings) {
            super(settings);
        }

        @Override
        protected WebSocketNegotiation newNegotiation(
                Request request, Response response, Callback callback, WebSocketComponents components) {
            return new RFC6455Negotiation(request, response, callback, components);
        }

        @Override
        EndPoint endPoint(Request request) {
            return request.getConnectionMetaData().getConnection().getEndPoint();
        }

        @Override
        protected void prepareResponse(Response response, WebSocketNegotiation negotiation) {
            response.setStatus(HttpStatus.SWITCHING_PROTOCOLS_101);
            response.getHeaders().put(UPGRADE);
            response.getHeaders().put(CONNECTION);
            response.getHeaders()
                    .put(
                            HttpHeader.SEC_WEBSOCKET_ACCEPT,
                            WebSocketUtils.hashKey(((RFC6455Negotiation) negotiation).getKey()));
        }
    }

    private static final class Http2 extends Handshaker {
        Http2(WebSocketSettings settings) {
            super(settings);
        }

        @Override
        protected WebSocketNegotiation newNegotiation(
                Request request, Response response, Callback callback, WebSocketComponents components) {
            return new RFC8441Negotiation(request, response, callback, components);
        }

        @Override
        EndPoint endPoint(Request request) {
            return request.getTunnelSupport().getEndPoint();
        }

        @Override
        protected void prepareResponse(Response response, WebSocketNegotiation negotiation) {
            response.setStatus(HttpStatus.OK_200);
        }
    }
}
