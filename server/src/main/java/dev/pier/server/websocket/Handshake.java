package dev.pier.server.websocket;

import dev.pier.server.task.LogInterval;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.Extension;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.ee11.servlet.ServletCoreResponse;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketExtension;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.FutureCallback;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The opening handshake, over HTTP/1.1 and HTTP/2.
///
/// SPEC: RFC 6455, section 4.2; RFC 8441
///
/// *Threads.* Safe for all threads; runs on the thread of the request.
final class Handshake {
    private static final Logger log = LoggerFactory.getLogger(Handshake.class);

    static final String DEFLATE = "permessage-deflate";

    static final List<Extension> EXTENSIONS = List.of(new JakartaWebSocketExtension(DEFLATE));

    private static final int KEY_BYTES = 16;

    private final WebSocketComponents components;
    private final WebSocketSettings settings;
    private final Configuration.Customizer defaults;
    private final LogInterval warnings = new LogInterval();
    private final Handshaker http1;
    private final Handshaker http2;

    /// @param defaults the limits that the application has set for all its sockets
    Handshake(WebSocketComponents components, WebSocketSettings settings, Configuration.Customizer defaults) {
        this.components = components;
        this.settings = settings;
        this.defaults = defaults;
        this.http1 = Handshaker.http1(settings);
        this.http2 = Handshaker.http2(settings);
    }

    /// Whether a request asks for a WebSocket, rightly or not.
    static boolean isRequested(HttpServletRequest request) {
        return isHttp2(request)
                ? request.getMethod().equals("CONNECT")
                : "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    private static boolean isHttp2(HttpServletRequest request) {
        return request.getProtocol().equals("HTTP/2.0");
    }

    /// Answers the request: opens a socket, or refuses it.
    ///
    /// @param core the same request for Jetty
    void perform(
            EndpointNegotiator.Negotiation negotiation,
            Request core,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Optional<Refusal> refusal = check(request).or(() -> checkOrigin(request));
        if (refusal.isPresent()) {
            refusal.get().send(response);
            return;
        }
        core.setAttribute(WebSocketConstants.WEBSOCKET_WRAPPED_REQUEST_ATTRIBUTE, request);
        core.setAttribute(WebSocketConstants.WEBSOCKET_WRAPPED_RESPONSE_ATTRIBUTE, response);
        // A response that is sent may still not lead to a socket, if a filter of the application fails after it.
        Request.addCompletionListener(ServletContextRequest.getServletContextRequest(request), failure -> {
            if (failure != null) {
                negotiation.abandon();
            }
        });
        try {
            FutureCallback sent = new FutureCallback();
            boolean upgraded = (isHttp2(request) ? http2 : http1)
                    .upgradeRequest(
                            negotiation,
                            core,
                            ServletCoreResponse.wrap(core, response, false),
                            sent,
                            components,
                            defaults);
            if (upgraded) {
                sent.block();
            } else {
                badRequest("The request is not a WebSocket handshake").send(response);
            }
        } catch (Refusal.Thrown e) {
            negotiation.abandon();
            e.refusal().send(response);
        } catch (HttpException.RuntimeException e) {
            negotiation.abandon();
            new Refusal(e.getCode(), "The WebSocket handshake is malformed: " + e.getReason()).send(response);
        } catch (Throwable t) {
            negotiation.abandon();
            throw t;
        } finally {
            core.removeAttribute(WebSocketConstants.WEBSOCKET_WRAPPED_REQUEST_ATTRIBUTE);
            core.removeAttribute(WebSocketConstants.WEBSOCKET_WRAPPED_RESPONSE_ATTRIBUTE);
        }
    }

    /// Says once a minute at most that an origin is refused: clients choose it, but the operator may have to list it.
    private Optional<Refusal> checkOrigin(HttpServletRequest request) {
        Optional<Refusal> refusal = settings.origins().refuse(request);
        if (refusal.isPresent() && warnings.permits()) {
            log.warn(
                    "Refusing a WebSocket of {}: the origin {} is neither this server's nor listed"
                            + " (websocket.origins, http.trust-forwarded)",
                    request.getContextPath(),
                    request.getHeader("Origin"));
        }
        return refusal;
    }

    private static Optional<Refusal> check(HttpServletRequest request) {
        if (!WebSocketConstants.SPEC_VERSION_STRING.equals(request.getHeader("Sec-WebSocket-Version"))) {
            return Optional.of(new Refusal(
                    HttpStatus.UPGRADE_REQUIRED_426,
                    "The only version of the WebSocket protocol is " + WebSocketConstants.SPEC_VERSION_STRING
                            + " (Sec-WebSocket-Version)",
                    Map.of(
                            "Sec-WebSocket-Version",
                            WebSocketConstants.SPEC_VERSION_STRING,
                            "Upgrade",
                            "websocket",
                            "Connection",
                            "Upgrade")));
        }
        return isHttp2(request) ? Optional.empty() : checkHttp1(request);
    }

    private static Optional<Refusal> checkHttp1(HttpServletRequest request) {
        if (!request.getMethod().equals("GET")) {
            return Optional.of(new Refusal(
                    HttpStatus.METHOD_NOT_ALLOWED_405,
                    "The method of a WebSocket handshake is GET",
                    Map.of("Allow", "GET")));
        }
        if (!request.getProtocol().equals("HTTP/1.1")) {
            return Optional.of(badRequest("A WebSocket needs HTTP/1.1 or HTTP/2"));
        }
        return hasKey(request)
                ? Optional.empty()
                : Optional.of(badRequest("Sec-WebSocket-Key must be 16 bytes in Base64"));
    }

    private static boolean hasKey(HttpServletRequest request) {
        String key = request.getHeader("Sec-WebSocket-Key");
        try {
            return key != null && Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static Refusal badRequest(String detail) {
        return new Refusal(HttpStatus.BAD_REQUEST_400, detail);
    }
}
