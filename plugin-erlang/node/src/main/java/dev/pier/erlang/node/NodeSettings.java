package dev.pier.erlang.node;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.AllowedNodes;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.mailbox.MailboxSettings;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.served.ServedLimits;
import dev.pier.erlang.transport.TlsSettings;
import dev.pier.erlang.transport.TlsUse;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The settings of a node, as [NodeBuilder] puts them together. The cookie is not among them.
///
/// @param name the full node name
/// @param listen where other nodes may connect, port 0 for any free one; `null` if none may
/// @param allowed which nodes may connect
/// @param epmd the EPMD that the node uses
/// @param link how the node connects and lets others connect
/// @param processes the limits on process links and monitors of its processes
/// @param mailboxes the limits of each mailbox
/// @param values how values become terms, and terms JSON
/// @param tls the node's TLS; `null` if it has none
/// @param listenTls whether the connections of other nodes are within TLS; only if the node has TLS
/// @param served the limits on calls from Erlang, over all nodes of a runtime
/// @param introspection whether Erlang may look at the node's processes and memory
/// @param peers the configured peers by their names
public record NodeSettings(
        NodeName name,
        @Nullable InetSocketAddress listen,
        AllowedNodes allowed,
        EpmdSettings epmd,
        LinkSettings link,
        ProcessLimits processes,
        MailboxSettings mailboxes,
        ValueSettings values,
        @Nullable TlsSettings tls,
        TlsUse listenTls,
        ServedLimits served,
        boolean introspection,
        SequencedMap<String, PeerSettings> peers) {
    public NodeSettings {
        peers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(peers));
    }

    /// The same for a node of another name on the same host, at a port of its own.
    NodeSettings withAlive(String alive) {
        return new NodeSettings(
                new NodeName(alive, name.host()),
                listen == null ? null : new InetSocketAddress(listen.getAddress(), 0),
                allowed,
                epmd,
                link,
                processes,
                mailboxes,
                values,
                tls,
                listenTls,
                served,
                introspection,
                peers);
    }
}
