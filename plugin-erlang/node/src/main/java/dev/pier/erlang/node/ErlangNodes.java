package dev.pier.erlang.node;

import dev.pier.erlang.dist.NodeName;

/// The entry point of the engine: builds Erlang nodes.
///
/// ```java
/// try (NodeRuntime erlang = ErlangNodes.builder("web@localhost")
///         .cookieFile(Path.of("/run/secrets/cookie"))
///         .peer("backend", "backend@localhost")
///         .start()) {
///     User user = erlang.peer("backend").call("users", "find", 42).as(User.class);
/// }
/// ```
public final class ErlangNodes {
    private ErlangNodes() {}

    /// Begins a node of that name.
    ///
    /// @param name the full node name, `name@host`
    /// @throws IllegalArgumentException if it is not a full node name
    public static NodeBuilder builder(String name) {
        return new NodeBuilder(NodeName.parse(name));
    }
}
