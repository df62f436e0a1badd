package dev.pier.erlang.node;

import dev.pier.erlang.dist.NodeName;
import java.time.Duration;

/// How the nodes of a peer are found by DNS: one node for each address of a name.
///
/// @param name the name whose addresses are asked for
/// @param node the part of the nodes' names before the `@`; the address follows it
/// @param interval how long after an answer the next question is asked
public record DnsSettings(String name, String node, Duration interval) {
    /// @throws IllegalArgumentException if a name is not valid, or the interval is not above zero
    public DnsSettings {
        NodeName _ = new NodeName(node, name);
        if (!interval.isPositive()) {
            throw new IllegalArgumentException("the interval of DNS must be above zero, not " + interval);
        }
    }
}
