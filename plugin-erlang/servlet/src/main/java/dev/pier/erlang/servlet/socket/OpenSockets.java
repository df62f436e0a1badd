package dev.pier.erlang.servlet.socket;

import jakarta.websocket.CloseReason.CloseCodes;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Notices closed sessions whose container does not report them: the Jakarta API tells only the endpoint's own
/// `@OnClose` method.
///
/// *Threads.* One virtual thread for all sockets, which runs while there are any.
final class OpenSockets {
    private static final Duration INTERVAL = Duration.ofMillis(400);

    private static final Set<SocketProcess> SOCKETS = ConcurrentHashMap.newKeySet();
    private static final Object LOCK = new Object();

    /// Guarded by `LOCK`.
    private static boolean running;

    private OpenSockets() {}

    static void add(SocketProcess socket) {
        SOCKETS.add(socket);
        if (!socket.self().isAlive()) {
            SOCKETS.remove(socket);
            return;
        }
        synchronized (LOCK) {
            if (!running) {
                running = true;
                Thread thread = Thread.ofVirtual()
                        .inheritInheritableThreadLocals(false)
                        .name("erlang-sockets")
                        .unstarted(OpenSockets::run);
                thread.setContextClassLoader(OpenSockets.class.getClassLoader());
                thread.start();
            }
        }
    }

    static void remove(SocketProcess socket) {
        SOCKETS.remove(socket);
    }

    private static void run() {
        Set<SocketProcess> closedBefore = Set.of();
        while (true) {
            synchronized (LOCK) {
                if (SOCKETS.isEmpty()) {
                    running = false;
                    return;
                }
            }
            try {
                Thread.sleep(INTERVAL);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
            Set<SocketProcess> closed = new HashSet<>();
            for (SocketProcess socket : SOCKETS) {
                if (socket.session().isOpen()) {
                    continue;
                }
                // A container that reports the close, with its code, has had the time to.
                if (closedBefore.contains(socket)) {
                    socket.closed(CloseReasons.of(CloseCodes.CLOSED_ABNORMALLY, ""));
                } else {
                    closed.add(socket);
                }
            }
            closedBefore = closed;
        }
    }
}
