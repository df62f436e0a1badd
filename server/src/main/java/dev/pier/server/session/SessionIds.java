package dev.pier.server.session;

import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.session.DefaultSessionIdManager;
import org.eclipse.jetty.session.SessionManager;

/// Creates the ids of sessions, and reaches the session managers of all running applications, which are not among the
/// handlers that Jetty's server knows.
///
/// An id is 128 random bits and a counter. It does not name the server: any server with the same store may be asked
/// next.
///
/// *Threads.* Safe for all threads.
final class SessionIds extends DefaultSessionIdManager {
    private final Supplier<Set<SessionManager>> managers;

    SessionIds(Server server, Supplier<Set<SessionManager>> managers) {
        super(server);
        this.managers = managers;
        setWorkerName("");
    }

    @Override
    public Set<SessionManager> getSessionManagers() {
        return managers.get();
    }
}
