package dev.pier.server.http;

import dev.pier.server.plugin.HealthCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/// Checks that the threads behind the ports run: an acceptor in each, and all selectors. Without an acceptor, no client
/// gets in; without a selector, its connections hang. Jetty replaces neither.
///
/// *Threads.* [#look] is called by one thread, again and again; the check by any.
final class ConnectorCheck implements HealthCheck {
    private final List<Port> ports;
    private final long patienceNanos;
    private final ConcurrentHashMap<ManagedSelector, Pulse> pulses = new ConcurrentHashMap<>();

    /// A connector that knows whether one of its acceptors runs.
    static final class Port extends ServerConnector {
        /// The usual size of a whole request; more is read by its reader.
        private static final int READ_AHEAD = 8 << 10;

        private final ConcurrentHashMap<ManagedSelector, ByteBuffer> scratches = new ConcurrentHashMap<>();
        private final AtomicInteger accepting = new AtomicInteger();
        private volatile long left = System.nanoTime();

        Port(Server server, ConnectionFactory... factories) {
            super(server, factories);
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            ByteBuffer scratch = scratches.computeIfAbsent(selector, _ -> ByteBuffer.allocateDirect(READ_AHEAD));
            SocketChannelEndPoint endPoint = new ReadAheadEndPoint(channel, selector, key, getScheduler(), scratch);
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
        }

        @Override
        public void accept(int acceptor) throws IOException {
            accepting.incrementAndGet();
            try {
                super.accept(acceptor);
            } finally {
                left = System.nanoTime();
                accepting.decrementAndGet();
            }
        }

        /// Wakes only the acceptors that wait for free places; the others wake because the port is closed.
        /// A thread that is interrupted while it accepts a connection loses it: the client would wait
        /// until the JVM ends.
        @Override
        protected void interruptAcceptors() {
            if (!isAccepting()) {
                super.interruptAcceptors();
            }
        }

        /// Not accepting is no problem while the connector has been told so, because there are too many connections
        /// or the server stops.
        private boolean isDeaf(long patienceNanos) {
            return isStarted()
                    && !isShutdown()
                    && (!isOpen()
                            || (isAccepting() && accepting.get() == 0 && System.nanoTime() - left > patienceNanos));
        }
    }

    /// When a selector has last done something, and whether it has something to do.
    private static final class Pulse {
        private volatile long last = System.nanoTime();
        private volatile boolean asked;

        private void ask(ManagedSelector selector) {
            // One question at a time, so that they don't pile up at a selector that is stuck.
            if (!asked) {
                asked = true;
                selector.submit(_ -> {
                    last = System.nanoTime();
                    asked = false;
                });
            }
        }

        private boolean isStuck(long patienceNanos) {
            return asked && System.nanoTime() - last > patienceNanos;
        }
    }

    /// @param patience how long an acceptor or a selector may do nothing
    ConnectorCheck(List<Port> ports, Duration patience) {
        this.ports = List.copyOf(ports);
        this.patienceNanos = patience.toNanos();
    }

    /// Asks all selectors for a sign of life.
    void look() {
        for (Port port : ports) {
            if (port.isStarted()) {
                for (ManagedSelector selector : port.getSelectorManager().getBeans(ManagedSelector.class)) {
                    pulses.computeIfAbsent(selector, _ -> new Pulse()).ask(selector);
                }
            }
        }
    }

    @Override
    public String name() {
        return "ports";
    }

    @Override
    public Result check() {
        String problem = problem();
        return problem == null ? new Result(true, Map.of()) : new Result(false, Map.of("problem", problem));
    }

    private @Nullable String problem() {
        for (Port port : ports) {
            if (port.isDeaf(patienceNanos)) {
                return "nothing accepts connections at port " + port.getLocalPort();
            }
        }
        long stuck = pulses.values().stream()
                .filter(pulse -> pulse.isStuck(patienceNanos))
                .count();
        return stuck == 0 ? null : stuck + " of " + pulses.size() + " selectors are stuck";
    }
}
