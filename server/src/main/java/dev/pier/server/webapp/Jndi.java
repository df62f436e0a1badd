package dev.pier.server.webapp;

import javax.naming.InitialContext;
import javax.naming.NamingException;

/// Looks up names for the fields of an application. The names come from its own classes, and `java:comp/env` is in this
/// JVM's memory: objects of plugins, and what `env-entry` elements of the application declare.
///
/// *Threads.* Safe for all threads whose context class loader is that of the application.
@SuppressWarnings("BanJNDI")
final class Jndi {
    private Jndi() {}

    static Object lookup(String name) throws NamingException {
        return new InitialContext().lookup(name);
    }

    /// Looks up a name in `java:comp/env`.
    static Object inApplication(String name) throws NamingException {
        return lookup("java:comp/env/" + name);
    }

    /// Whether `java:comp/env` has a name.
    static boolean isInApplication(String name) {
        try {
            inApplication(name);
            return true;
        } catch (NamingException _) {
            return false;
        }
    }
}
