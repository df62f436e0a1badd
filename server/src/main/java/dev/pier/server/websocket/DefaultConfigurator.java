package dev.pier.server.websocket;

import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Does what an endpoint without a configurator of its own needs, and what a configurator of an application leaves to
/// its superclass. The Jakarta API finds it as a service.
///
/// *Threads.* Safe for all threads.
public final class DefaultConfigurator extends ServerEndpointConfig.Configurator {
    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
        return requested.stream().filter(supported::contains).findFirst().orElse("");
    }

    /// The first of the requested extensions of each name; Jetty has already dropped those that it does not have.
    @Override
    public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
        Set<String> names = new HashSet<>();
        List<Extension> chosen = new ArrayList<>();
        for (Extension extension : requested) {
            if (names.add(extension.getName())) {
                chosen.add(extension);
            }
        }
        return chosen;
    }

    /// Accepts each origin: Pier has checked it before (`websocket.origins`).
    @Override
    public boolean checkOrigin(String origin) {
        return true;
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        // There is nothing to change.
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) throws InstantiationException {
        return EndpointNegotiator.create(type);
    }
}
