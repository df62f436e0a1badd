package dev.pier.erlang.link;

import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.LinkState.Closed;
import dev.pier.erlang.link.LinkState.Connected;
import dev.pier.erlang.link.LinkState.Connecting;
import dev.pier.erlang.link.LinkState.Idle;
import dev.pier.erlang.link.LinkState.Refused;
import dev.pier.erlang.link.LinkState.Waiting;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Counts the calls of this node that run on one other node, and closes while that node drains.
///
/// Threads: any. Calls pass without a lock. Changes of the gate are guarded by one lock, which is held while the
/// observer is notified, so that notifications arrive in order.
///
/// Hazard: a call enters before the gate is looked at, and a drain closes the gate before it looks at the count. So
/// a call that a drain does not wait for is one that does not start.
public final class CallGate {
    /// How long after the connection a node may take to start its application `pier`, if it had it before. Other
    /// nodes have precedence meanwhile.
    static final Duration MAX_START = Duration.ofSeconds(30);

    /// Is notified of changes of the node.
    public interface Observer {
        /// An observer that does nothing.
        Observer NONE = (_, _, _) -> {};

        /// Must not block, nor call the link.
        void changed(NodeName node, PeerEvent.Kind kind, String reason);
    }

    private final NodeName node;
    private final AtomicInteger running = new AtomicInteger();
    private final Object lock = new Object();

    /// Written under the lock, as the next three.
    private volatile boolean draining;

    /// Until when the start of the node's application `pier` is awaited, in terms of [System#nanoTime()].
    private volatile long startsUntil;

    private volatile boolean starting;

    /// Whether the link is idle: not connected, and not connecting.
    private volatile boolean unused = true;

    /// Whether the end of the last call is awaited.
    private volatile boolean awaited;

    /// Guarded by the lock, as all that follow.
    private @Nullable Runnable drained;

    /// Whether this node, not the other one, lets no call in.
    private boolean retired;

    private @Nullable Session session;
    private boolean announces;
    private Observer observer = Observer.NONE;
    private PeerEvent.@Nullable Kind last;

    CallGate(NodeName node) {
        this.node = node;
    }

    /// Begins a call. [#leave] must follow if it may begin.
    ///
    /// @return false if the node takes no new calls
    public boolean enter() {
        running.incrementAndGet();
        if (draining) {
            leave();
            return false;
        }
        return true;
    }

    /// Ends a call.
    public void leave() {
        if (running.decrementAndGet() == 0 && awaited) {
            // Looked at again: a call may have entered before the gate was closed.
            runIfIdle();
        }
    }

    /// How many calls run, those included that only wait for the connection.
    public int running() {
        return running.get();
    }

    /// Whether the node takes no new calls.
    public boolean isDraining() {
        return draining;
    }

    /// Whether the node has connected, and its applications may not have started yet.
    public boolean isStarting() {
        return starting && startsUntil - System.nanoTime() > 0;
    }

    /// Whether the link is idle: it connects when a caller needs the connection.
    public boolean isUnused() {
        return unused;
    }

    /// Sets the observer, and notifies it of the present state if the node is connected.
    public void observe(Observer next) {
        synchronized (lock) {
            observer = next;
            if (session != null && last != null) {
                next.changed(node, last, draining ? "it drains" : "connected");
            }
        }
    }

    /// The node wants no new calls. Ignored unless it says so over its current connection.
    ///
    /// @param whenDrained runs once no call runs, on the thread of the last one; must not block
    public void drain(Session from, Runnable whenDrained) {
        synchronized (lock) {
            if (session != from) {
                return;
            }
            announces = true;
            close(whenDrained);
        }
        runIfIdle();
    }

    /// Lets no new call in until the link leaves its present state.
    void shut(Runnable whenDrained) {
        synchronized (lock) {
            close(whenDrained);
        }
        runIfIdle();
    }

    /// Lets no new call in, whatever becomes of the connection, until [#keep].
    ///
    /// @param whenDrained as for [#drain], which still runs what it was given
    public void retire(Runnable whenDrained) {
        synchronized (lock) {
            Runnable before = Objects.requireNonNullElse(drained, () -> {});
            retired = true;
            close(() -> {
                before.run();
                whenDrained.run();
            });
        }
        runIfIdle();
    }

    /// Whether it has retired, and the last call has ended.
    boolean isOver() {
        synchronized (lock) {
            return retired && !awaited;
        }
    }

    /// Takes [#retire] back.
    public void keep() {
        synchronized (lock) {
            if (retired) {
                retired = false;
                reopen();
                if (session != null) {
                    tell(PeerEvent.Kind.UP, "it takes calls again");
                }
            }
        }
    }

    private void close(Runnable whenDrained) {
        starting = false;
        draining = true;
        drained = whenDrained;
        awaited = true;
        tell(PeerEvent.Kind.DRAINING, "it drains");
    }

    private void runIfIdle() {
        if (running.get() == 0) {
            ranOut();
        }
    }

    /// The node takes calls: its application `pier` has started, or a drain is over.
    public void open(Session from) {
        synchronized (lock) {
            if (session != from) {
                return;
            }
            announces = true;
            reopen();
            tell(PeerEvent.Kind.UP, "it takes calls again");
        }
    }

    private void reopen() {
        starting = false;
        if (retired) {
            return;
        }
        draining = false;
        drained = null;
        awaited = false;
    }

    private void ranOut() {
        Runnable waiting;
        synchronized (lock) {
            waiting = drained;
            drained = null;
            awaited = false;
        }
        if (waiting != null) {
            waiting.run();
        }
    }

    /// Follows the state of the link, which calls this with its lock.
    ///
    /// @param problem the last problem of the connection
    /// @param publish lets callers see the state
    void follow(LinkState state, @Nullable String problem, Runnable publish) {
        synchronized (lock) {
            if (state instanceof Connected(Session fresh)) {
                connected(fresh);
                publish.run();
                tell(PeerEvent.Kind.UP, "connected");
                return;
            }
            publish.run();
            unused = state instanceof Idle;
            switch (state) {
                case Connecting _, Connected _ -> {
                    // The result follows.
                }
                case Refused _ -> down(PeerEvent.Kind.REFUSED, problem == null ? "refused" : problem);
                case Idle _, Waiting _ ->
                    down(PeerEvent.Kind.DOWN, problem == null ? "this node has closed the connection" : problem);
                case Closed _ -> down(PeerEvent.Kind.DOWN, "this node has been stopped");
            }
        }
    }

    private void connected(Session fresh) {
        if (session != null) {
            tell(PeerEvent.Kind.DOWN, "a newer connection of the node has replaced the connection");
        }
        session = fresh;
        reopen();
        starting = announces;
        startsUntil = System.nanoTime() + MAX_START.toNanos();
        unused = false;
    }

    private void down(PeerEvent.Kind kind, String reason) {
        session = null;
        reopen();
        tell(kind, reason);
    }

    private void tell(PeerEvent.Kind kind, String reason) {
        if (kind != last) {
            last = kind;
            observer.changed(node, kind, reason);
        }
    }
}
