package dev.pier.erlang.epmd;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The registration of this node's name at EPMD. EPMD keeps it as long as the connection is open.
///
/// Threads: any thread may call. One virtual thread registers, waits for the end of the connection and registers
/// again.
///
/// Lifecycle: a node can start and connect to others without EPMD, so only a name that is taken fails the first
/// attempt. Attempts are repeated every two seconds, after EPMD has ended too. [#creation] never changes, because
/// pids of this node contain it. OTP: erl_epmd.erl does the same.
public final class EpmdRegistration implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EpmdRegistration.class);

    static final Duration RETRY_PAUSE = Duration.ofSeconds(2);

    /// An open connection on which EPMD has accepted the name.
    record Registered(Socket socket, int creation) {}

    @FunctionalInterface
    interface Attempt {
        Registered run() throws EpmdException;
    }

    private final String alive;
    private final Duration retryPause;
    private final Attempt attempt;
    private final int creation;
    private final Thread keeper;
    private final Object lock = new Object();

    /// `null` while EPMD does not have the name. Guarded by `lock`.
    private @Nullable Socket current;

    /// Guarded by `lock`.
    private boolean closed;

    /// Why the name is not registered: what has been logged. Used by the keeper only, and by the constructor.
    private EpmdException.@Nullable Reason logged;

    /// @throws EpmdException if the name is taken
    EpmdRegistration(String alive, Duration retryPause, Attempt attempt) throws EpmdException {
        this.alive = alive;
        this.retryPause = retryPause;
        this.attempt = attempt;
        int number;
        try {
            Registered first = attempt.run();
            current = first.socket();
            number = first.creation();
        } catch (EpmdException e) {
            if (e.reason() == EpmdException.Reason.NAME_TAKEN) {
                throw e;
            }
            failed(e);
            number = Creations.random();
        }
        creation = number;
        keeper = Thread.ofVirtual().name("epmd-" + alive).unstarted(this::keep);
    }

    void start() {
        keeper.start();
    }

    /// The incarnation of this node: the number from the first registration, or a random one if EPMD was not there.
    public int creation() {
        return creation;
    }

    /// Whether EPMD has the name now, so that other nodes can find this one.
    public boolean isRegistered() {
        synchronized (lock) {
            return current != null;
        }
    }

    /// Whether the name is kept: the thread that registers it again lives, or the registration is closed.
    public boolean isKept() {
        synchronized (lock) {
            return closed || keeper.isAlive();
        }
    }

    /// Gives the name back: EPMD frees it when it has noticed the end of the connection. Idempotent.
    @Override
    public void close() {
        Socket open;
        synchronized (lock) {
            closed = true;
            open = current;
            current = null;
        }
        keeper.interrupt();
        if (open != null) {
            EpmdExchange.closeQuietly(open);
        }
    }

    /// Whether the keeper has ended.
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        return keeper.join(timeout);
    }

    private void keep() {
        while (!isClosed()) {
            try {
                keepOnce();
            } catch (InterruptedException _) {
                // Only `close` interrupts the keeper.
            } catch (RuntimeException | Error e) {
                log.error("Keeping '{}' registered at EPMD failed; {}", alive, retrying(), e);
            }
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private void keepOnce() throws InterruptedException {
        Socket socket;
        synchronized (lock) {
            socket = current;
        }
        if (socket == null) {
            Thread.sleep(retryPause);
            register();
        } else {
            awaitEnd(socket);
            lost();
        }
    }

    private static void awaitEnd(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                // EPMD sends nothing more; a byte would only show that it is alive.
            }
        } catch (IOException _) {
            // A reset is an end as well.
        }
    }

    private void lost() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            current = null;
        }
        logged = EpmdException.Reason.UNREACHABLE;
        log.warn("Connection to EPMD lost: other nodes cannot find '{}'; {}", alive, retrying());
    }

    private void register() {
        Socket socket;
        try {
            socket = attempt.run().socket();
        } catch (EpmdException e) {
            failed(e);
            return;
        }
        synchronized (lock) {
            if (!closed) {
                current = socket;
                logged = null;
                log.info("Registered at EPMD as '{}'", alive);
                return;
            }
        }
        EpmdExchange.closeQuietly(socket);
    }

    private void failed(EpmdException e) {
        if (e.reason() == logged) {
            log.debug("Registration of '{}' at EPMD failed: {}", alive, e.getMessage());
        } else {
            logged = e.reason();
            log.warn(
                    "Registration of '{}' at EPMD failed, other nodes cannot find it: {}; {}",
                    alive,
                    e.getMessage(),
                    retrying());
        }
    }

    private String retrying() {
        return "retrying every " + retryPause.toSeconds() + " s";
    }
}
