package dev.pier.erlang.link;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.term.Atom;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Warns when two nodes have one name: then the connection of each replaces that of the other, again and again. One
/// replacement is usual after a lost connection.
///
/// Threads: guarded by its user.
final class Takeovers {
    private static final Logger log = LoggerFactory.getLogger(Takeovers.class);

    /// How many in a row give a warning.
    static final int SUSPICIOUS = 3;

    /// A longer time between two of them ends the row.
    static final Duration WITHIN = Duration.ofMinutes(1);

    private final String warning;
    private final LongSupplier clock;
    private int inARow;
    private long last;

    /// @param warning what the operator should know and do
    /// @param clock in nanoseconds
    Takeovers(String warning, LongSupplier clock) {
        this.warning = warning;
        this.clock = clock;
    }

    /// Of the peer's connections, by others in its name.
    static Takeovers ofPeer(NodeName peer) {
        return new Takeovers(
                "Connections of " + peer + " replace each other: probably two nodes have this name; give each its own",
                System::nanoTime);
    }

    /// Of this node's connections to a peer, by others in this node's name.
    static Takeovers ofThisNode(Atom self, NodeName peer) {
        return new Takeovers(
                peer + " is connected to another node of the name " + self.name()
                        + ", and each connection replaces the other; give this node a name of its own",
                System::nanoTime);
    }

    /// Counts one, and warns once in a row.
    void happened() {
        long now = clock.getAsLong();
        inARow = inARow > 0 && now - last <= WITHIN.toNanos() ? inARow + 1 : 1;
        last = now;
        if (inARow == SUSPICIOUS) {
            log.warn(warning);
        }
    }
}
