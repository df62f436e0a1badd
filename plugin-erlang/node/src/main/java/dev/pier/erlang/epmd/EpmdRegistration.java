package dev.pier.erlang.epmd;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Our name at EPMD, which EPMD keeps for exactly as long as this connection is open.
///
/// A virtual thread waits for the connection's end, which means that EPMD has died, and registers again every two
/// seconds until it succeeds. [#creation()] stays what it was first, as in Erlang: pids that went out carry it.
///
/// Any thread may use it. The listener runs on the virtual thread.
public final class EpmdRegistration implements AutoCloseable {
    // SPEC: Erlang's own client tries again at this pace (erl_epmd).
    static final Duration RETRY_PAUSE = Duration.ofSeconds(2);

    /// Hears how the registration fares. Its methods run on the registration's thread and return soon.
    public interface Listener {
        /// EPMD has gone: nobody new finds us until [#restored()].
        void lost();

        /// One more attempt has failed; another follows.
        void retryFailed(EpmdException cause);

        /// EPMD knows us again.
        void restored();
    }

    /// A connection on which EPMD has accepted our name.
    record Registered(Socket socket, int creation) {}

    @FunctionalInterface
    interface Attempt {
        Registered run() throws EpmdException;
    }

    private final String alive;
    private final Duration retryPause;
    private final Listener listener;
    private final Attempt attempt;
    private final Socket first;
    private final int creation;
    private final Thread keeper;

    /// Null while EPMD does not know us. Guarded by `this`.
    private @Nullable Socket current;

    /// Guarded by `this`.
    private boolean closed;

    EpmdRegistration(String alive, Duration retryPause, Listener listener, Attempt attempt) throws EpmdException {
        this.alive = alive;
        this.retryPause = retryPause;
        this.listener = listener;
        this.attempt = attempt;
        Registered registered = attempt.run();
        first = registered.socket();
        current = first;
        creation = registered.creation();
        keeper = Thread.ofVirtual().name("epmd-" + alive).unstarted(this::keep);
    }

    void start() {
        keeper.start();
    }

    public String alive() {
        return alive;
    }

    /// Which incarnation of the node this is. EPMD gives another number to each registration of a name.
    public int creation() {
        return creation;
    }

    /// Whether EPMD knows us now.
    public synchronized boolean registered() {
        return current != null;
    }

    /// Gives the name back. EPMD lets others have it as soon as it has seen the connection end.
    @Override
    public void close() {
        Socket open;
        synchronized (this) {
            closed = true;
            open = current;
            current = null;
        }
        keeper.interrupt();
        if (open != null) {
            EpmdExchange.closeQuietly(open);
        }
    }

    /// Whether the registration's thread has ended.
    boolean awaitEnd(Duration within) throws InterruptedException {
        return keeper.join(within);
    }

    private void keep() {
        @Nullable Socket socket = first;
        while (socket != null) {
            awaitEnd(socket);
            socket = goOn() ? registerAgain() : null;
        }
    }

    private static void awaitEnd(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                // EPMD says nothing more. If one does, it is still alive.
            }
        } catch (IOException _) {
            // A reset means the same as the end of the stream.
        }
    }

    /// Whether the connection was lost, not closed by us.
    private boolean goOn() {
        synchronized (this) {
            if (closed) {
                return false;
            }
            current = null;
        }
        listener.lost();
        return true;
    }

    private @Nullable Socket registerAgain() {
        try {
            while (true) {
                Thread.sleep(retryPause);
                try {
                    Socket socket = attempt.run().socket();
                    if (!take(socket)) {
                        return null;
                    }
                    listener.restored();
                    return socket;
                } catch (EpmdException e) {
                    listener.retryFailed(e);
                }
            }
        } catch (InterruptedException _) {
            // Only close() interrupts this thread, which ends here.
            return null;
        }
    }

    private boolean take(Socket socket) {
        synchronized (this) {
            if (!closed) {
                current = socket;
                return true;
            }
        }
        EpmdExchange.closeQuietly(socket);
        return false;
    }
}
