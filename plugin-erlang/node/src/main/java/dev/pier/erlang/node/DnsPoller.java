package dev.pier.erlang.node;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.peer.PeerGroup;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the nodes of one peer as DNS has them. Asks until it is closed; while DNS fails, the last answer holds.
///
/// Threads: one virtual thread asks; no call waits for it, except for the first answer.
final class DnsPoller implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DnsPoller.class);

    /// The followers of the nodes: the peer, and the peers of opened nodes with the same name.
    ///
    /// @param links gives the link to a node
    private record Follower(PeerGroup group, Function<NodeName, PeerLink> links) {}

    private final String peer;
    private final DnsSettings settings;
    private final HostResolver resolver;
    private final Thread thread;
    private final Object lock = new Object();

    /// Guarded by the lock, as all that follow.
    private final List<Follower> followers = new ArrayList<>();

    private SequencedSet<NodeName> nodes = new LinkedHashSet<>();
    private String problem;
    private boolean answered;

    private volatile boolean closed;

    /// Is told when the nodes change. Called on the poller's thread.
    interface Members {
        /// @param nodes has all nodes that are new
        /// @param set exchanges those of the followers
        void exchange(Collection<NodeName> nodes, Runnable set);
    }

    private final Members members;

    /// @param peer the peer's name
    DnsPoller(String peer, DnsSettings settings, HostResolver resolver, Members members) {
        this.peer = peer;
        this.settings = settings;
        this.resolver = resolver;
        this.members = members;
        this.problem = "waiting for DNS to answer for " + settings.name();
        this.thread = Thread.ofVirtual().name("erlang-dns-" + peer).unstarted(this::pollForEver);
    }

    void start() {
        thread.start();
    }

    DnsSettings settings() {
        return settings;
    }

    String problem() {
        synchronized (lock) {
            return problem;
        }
    }

    /// Keeps the nodes of a group from now on.
    void follow(PeerGroup group, Function<NodeName, PeerLink> links) {
        synchronized (lock) {
            Follower follower = new Follower(group, links);
            followers.add(follower);
            if (answered) {
                set(follower);
            }
        }
    }

    void unfollow(PeerGroup group) {
        synchronized (lock) {
            followers.removeIf(follower -> follower.group() == group);
        }
    }

    private void set(Follower follower) {
        follower.group().set(nodes.stream().map(follower.links()).toList(), problem);
    }

    private void pollForEver() {
        while (!closed) {
            try {
                poll();
            } catch (RuntimeException | Error e) {
                log.error("Asking DNS for the nodes of the peer {} failed by an error in this node", peer, e);
            }
            LockSupport.parkNanos(settings.interval().toNanos());
        }
    }

    private void poll() {
        List<InetAddress> addresses = List.of();
        String failure = null;
        try {
            addresses = resolver.resolve(settings.name());
        } catch (UnknownHostException e) {
            failure = e.getMessage();
        }
        if (addresses.isEmpty()) {
            failed(failure);
        } else {
            take(addresses);
        }
    }

    private void failed(@Nullable String failure) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            String now = "DNS has no address of " + settings.name()
                    + (failure == null || failure.contains(settings.name()) ? "" : ": " + failure);
            if (!now.equals(problem)) {
                problem = now;
                log.warn(
                        "Peer {}: {}; {}; asking again every {} ms",
                        peer,
                        now,
                        nodes.isEmpty() ? "calls fail" : "its last nodes " + nodes + " stay",
                        settings.interval().toMillis());
            }
        }
        members.exchange(List.of(), () -> {
            synchronized (lock) {
                if (!closed) {
                    answered = true;
                    followers.forEach(this::set);
                }
            }
        });
    }

    private void take(List<InetAddress> addresses) {
        SequencedSet<NodeName> found = new LinkedHashSet<>();
        addresses.stream()
                .map(AddressText::of)
                .sorted()
                .limit(PeerSettings.MAX_NODES)
                .forEach(address -> found.add(new NodeName(settings.node(), address)));
        SequencedSet<NodeName> before;
        SequencedSet<NodeName> next = new LinkedHashSet<>();
        synchronized (lock) {
            before = nodes;
        }
        // Those that stay keep their order.
        before.stream().filter(found::contains).forEach(next::add);
        next.addAll(found);
        members.exchange(next, () -> set(next));
    }

    private void set(SequencedSet<NodeName> next) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            problem = "";
            if (!answered || !next.equals(nodes)) {
                log.info("Peer {}: DNS has the nodes {}", peer, next);
                answered = true;
                nodes = next;
                followers.forEach(this::set);
            }
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        LockSupport.unpark(thread);
    }
}
