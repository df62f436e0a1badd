package dev.pier.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import java.lang.reflect.Proxy;

/// Creates fake nodes that have one peer and support nothing else.
final class OneNode {
    private OneNode() {}

    static ErlangNode with(Peer peer) {
        return (ErlangNode) Proxy.newProxyInstance(
                ErlangNode.class.getClassLoader(),
                new Class<?>[] {ErlangNode.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "name" -> "web@localhost";
                    case "peer" -> peer(peer, arguments);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static Peer peer(Peer only, Object[] arguments) {
        if (arguments[0].equals("chat")) {
            throw new IllegalArgumentException("no peer chat");
        }
        assertThat(arguments).containsExactly(only.nodeName());
        return only;
    }
}
