package dev.pier.erlang.peer;

import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.PeerListener;
import dev.pier.erlang.Subscription;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.CallGate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notifies listeners of changes of the configured peers' nodes.
///
/// Threads: links report under their locks, so nothing blocks here. Each listener is called on virtual threads, one
/// after the other. A new listener is first told the present state of each node.
public final class PeerEvents implements CallGate.Observer {
    private static final Logger log = LoggerFactory.getLogger(PeerEvents.class);

    /// How many events may wait for one listener. The oldest is discarded for a further one.
    static final int MAX_WAITING = 1_000;

    private final Object lock = new Object();

    /// Guarded by the lock, as the next.
    private final Map<NodeName, PeerEvent> latest = new LinkedHashMap<>();

    private final List<Delivery> deliveries = new ArrayList<>();

    @Override
    public void changed(NodeName node, PeerEvent.Kind kind, String reason) {
        PeerEvent event = new PeerEvent(node.toString(), kind, reason);
        synchronized (lock) {
            latest.put(node, event);
            deliveries.forEach(delivery -> delivery.add(event));
        }
    }

    /// A node belongs to no peer any more.
    public void forget(NodeName node, String reason) {
        synchronized (lock) {
            PeerEvent last = latest.remove(node);
            if (last != null && last.kind() != PeerEvent.Kind.DOWN) {
                PeerEvent event = new PeerEvent(node.toString(), PeerEvent.Kind.DOWN, reason);
                deliveries.forEach(delivery -> delivery.add(event));
            }
        }
    }

    /// Adds a listener.
    public Subscription subscribe(PeerListener listener) {
        Delivery delivery = new Delivery(listener);
        synchronized (lock) {
            latest.values().forEach(delivery::add);
            deliveries.add(delivery);
        }
        return delivery;
    }

    /// The events that wait for one listener.
    private final class Delivery implements Subscription {
        private final PeerListener listener;
        private final Queue<PeerEvent> waiting = new ArrayDeque<>();

        /// Guarded by `waiting`, as the next two.
        private boolean running;

        private boolean closed;
        private boolean warned;

        Delivery(PeerListener listener) {
            this.listener = listener;
        }

        void add(PeerEvent event) {
            synchronized (waiting) {
                if (closed) {
                    return;
                }
                if (waiting.size() == MAX_WAITING) {
                    waiting.remove();
                    if (!warned) {
                        warned = true;
                        log.warn("Discarding events of peers: {} wait for a slow listener {}", MAX_WAITING, listener);
                    }
                }
                waiting.add(event);
                if (!running) {
                    running = true;
                    Thread thread =
                            Thread.ofVirtual().name("erlang-peer-listener").unstarted(this::deliver);
                    thread.setContextClassLoader(listener.getClass().getClassLoader());
                    thread.start();
                }
            }
        }

        private void deliver() {
            for (PeerEvent event = next(); event != null; event = next()) {
                try {
                    listener.changed(event);
                } catch (RuntimeException | Error e) {
                    log.warn("The listener {} failed at the event {}", listener, event, e);
                }
            }
        }

        private @Nullable PeerEvent next() {
            synchronized (waiting) {
                PeerEvent event = closed ? null : waiting.poll();
                running = event != null;
                return event;
            }
        }

        @Override
        public void close() {
            synchronized (waiting) {
                closed = true;
                waiting.clear();
            }
            synchronized (lock) {
                deliveries.remove(this);
            }
        }
    }
}
