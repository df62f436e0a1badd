package dev.pier.spring.boot;

import dev.pier.erlang.node.NodeBuilder;

/// A bean that changes the settings of the node before it starts: those that `pier.erlang` does not have.
///
/// ```java
/// @Bean
/// ErlangNodeCustomizer tls(SslBundles bundles) {
///     return node -> node.tls(bundles.getBundle("erlang").createSslContext());
/// }
/// ```
@FunctionalInterface
public interface ErlangNodeCustomizer {
    /// @param node has the settings of `pier.erlang`
    void customize(NodeBuilder node);
}
