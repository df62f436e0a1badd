package dev.pier.server.session;

import org.eclipse.jetty.session.ManagedSession;
import org.eclipse.jetty.session.SessionData;
import org.eclipse.jetty.session.SessionManager;

/// A session of an application, which requests can enter.
///
/// *Threads.* Safe for all threads.
final class AppSession extends ManagedSession {
    AppSession(SessionManager manager, SessionData data) {
        super(manager, data);
    }

    /// Counts a request that uses the session.
    void enter() {
        use();
    }
}
