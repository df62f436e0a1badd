package dev.pier.erlang.link;

import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdException;
import dev.pier.erlang.epmd.EpmdRegistration;
import dev.pier.erlang.epmd.NodeType;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Our name at EPMD, also when EPMD comes later than we do: a node without EPMD can still connect to others, so its
/// absence is no reason not to start. A name that somebody else has is one.
///
/// A virtual thread of its own tries until EPMD is there; after that the registration looks after itself.
public final class EpmdPresence implements AutoCloseable, EpmdRegistration.Listener {
    private static final Logger log = LoggerFactory.getLogger(EpmdPresence.class);

    /// As Erlang's own client.
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(2);

    /// Creations below are those of nodes from before OTP 23; 0 means that there is none.
    private static final int FIRST_CREATION = 4;

    private final EpmdClient epmd;
    private final String alive;
    private final int port;
    private final int creation;

    /// Guarded by `this`.
    private @Nullable EpmdRegistration registration;

    /// Guarded by `this`.
    private boolean closed;

    /// Registers the name, now or as soon as there is an EPMD.
    ///
    /// @param port where the node listens
    /// @throws EpmdException if the name is taken
    public EpmdPresence(EpmdClient epmd, String alive, int port) throws EpmdException {
        this.epmd = epmd;
        this.alive = alive;
        this.port = port;
        EpmdRegistration first = tryOnce();
        registration = first;
        if (first == null) {
            creation = randomCreation();
            Thread.ofVirtual().name("epmd-wait-" + alive).start(this::keepTrying);
        } else {
            creation = first.creation();
        }
    }

    /// Which incarnation of the node this is: EPMD's number, or a random one where there is no EPMD.
    public int creation() {
        return creation;
    }

    /// Whether other nodes can find us by our name.
    public synchronized boolean isRegistered() {
        return registration != null && registration.registered();
    }

    public static int randomCreation() {
        SecureRandom random = new SecureRandom();
        int creation;
        do {
            creation = random.nextInt();
        } while (creation >= 0 && creation < FIRST_CREATION);
        return creation;
    }

    private @Nullable EpmdRegistration tryOnce() throws EpmdException {
        try {
            return epmd.register(alive, port, NodeType.HIDDEN, this);
        } catch (EpmdException e) {
            if (e.reason() == EpmdException.Reason.NAME_TAKEN) {
                throw e;
            }
            log.warn("Other nodes cannot find '{}' yet: {}; tried again every 2 s", alive, e.getMessage());
            return null;
        }
    }

    private void keepTrying() {
        while (true) {
            try {
                Thread.sleep(RETRY_PAUSE);
                EpmdRegistration late = epmd.register(alive, port, NodeType.HIDDEN, this);
                if (!keep(late)) {
                    late.close();
                    return;
                }
                log.info("Registered at EPMD as '{}'", alive);
                return;
            } catch (EpmdException e) {
                log.debug("EPMD: {}", e.getMessage());
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized boolean keep(EpmdRegistration late) {
        if (!closed) {
            registration = late;
        }
        return !closed;
    }

    @Override
    public void lost() {
        log.warn("EPMD has gone: other nodes cannot find '{}' until it is back", alive);
    }

    @Override
    public void retryFailed(EpmdException cause) {
        log.debug("EPMD: {}", cause.getMessage());
    }

    @Override
    public void restored() {
        log.info("Registered at EPMD as '{}' again", alive);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (registration != null) {
            registration.close();
        }
    }
}
