package dev.pier.erlang.servlet.socket;

import dev.pier.erlang.UnexpectedTerm;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// The handshake of a [StreamSocket]: the application in Erlang has chosen the headers and the subprotocol, and the
/// container the rest. Immutable.
final class StreamHandshake extends ServerEndpointConfig.Configurator {
    private static final String PROTOCOL = "Sec-WebSocket-Protocol";

    private final StreamSocket socket;
    private final Map<String, List<String>> headers;
    private final String subprotocol;

    /// @param headers of the response
    StreamHandshake(StreamSocket socket, Map<String, List<String>> headers) {
        this.socket = socket;
        this.headers = headers;
        this.subprotocol = headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(PROTOCOL))
                .map(header -> header.getValue().getFirst())
                .findFirst()
                .orElse("");
    }

    /// @throws UnexpectedTerm if the client does not offer the subprotocol
    void check(HttpServletRequest request) {
        if (!subprotocol.isEmpty() && !offered(request).contains(subprotocol)) {
            throw UnexpectedTerm.inAnswer("the application chooses the subprotocol " + subprotocol
                    + ", which the client does not offer (Sec-WebSocket-Protocol)");
        }
    }

    private static List<String> offered(HttpServletRequest request) {
        List<String> offered = new ArrayList<>();
        for (String line : Collections.list(request.getHeaders(PROTOCOL))) {
            for (String name : line.split(",", -1)) {
                offered.add(name.strip());
            }
        }
        return offered;
    }

    /// Whether the container has accepted a handshake; it has answered it otherwise.
    static boolean isAccepted(HttpServletRequest request, HttpServletResponse response) {
        return response.getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS
                || (request.getMethod().equals("CONNECT") && response.getStatus() == HttpServletResponse.SC_OK);
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) {
        return type.cast(socket);
    }

    /// The container has checked it as for all sockets, and the application by itself.
    @Override
    public boolean checkOrigin(String origin) {
        return true;
    }

    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
        return subprotocol;
    }

    @Override
    public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
        List<String> names = installed.stream().map(Extension::getName).toList();
        return requested.stream()
                .filter(extension -> names.contains(extension.getName()))
                .limit(1)
                .toList();
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        headers.forEach((name, values) -> {
            if (!name.equalsIgnoreCase(PROTOCOL)) {
                response.getHeaders().put(name, values);
            }
        });
    }
}
