package dev.pier.erlang.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Asks for the addresses of a name: how a peer with [DnsSettings] finds its nodes.
@FunctionalInterface
public interface HostResolver {
    /// The resolver of the JVM, which asks the operating system. It caches answers for 30 s, or for
    /// `networkaddress.cache.ttl`.
    HostResolver JVM = name -> List.of(InetAddress.getAllByName(name));

    /// All addresses of a name, A and AAAA. May block; no call waits for it.
    ///
    /// @throws UnknownHostException if the name has no address, or DNS does not answer; the nodes stay as they are
    ///     then
    List<InetAddress> resolve(String name) throws UnknownHostException;
}
