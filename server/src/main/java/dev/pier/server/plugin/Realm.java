package dev.pier.server.plugin;

import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;

/// The users of applications: a section `realms.<name>` of `server.conf`.
///
/// *Threads.* All methods are called by several threads at a time, those of the requests, and may block
/// within a bounded time.
public interface Realm {
    /// Opens a realm.
    interface Factory {
        /// Checks what opening needs beside the configuration, without side effects. Does nothing by default.
        ///
        /// @throws Exception if the realm could not be opened; the operator sees the message
        default void check() throws Exception {}

        /// Called after the plugins have started, and after each change of the realm's settings.
        ///
        /// @throws Exception if the realm cannot be used; the operator sees the message
        Realm open() throws Exception;
    }

    /// Checks a name and a password that a client has sent.
    ///
    /// @return the roles of the user; empty if there is no such user or the password is wrong
    /// @throws RealmUnavailableException if that is not known now; the request gets 503
    Optional<Set<String>> login(String user, String password) throws RealmUnavailableException;

    /// Looks up a user whose certificate the server has verified.
    ///
    /// @param user the subject of the certificate, as in RFC 2253: `CN=joe,O=Example`
    /// @return the roles of the user; empty if there is no such user
    /// @throws RealmUnavailableException if that is not known now; the request gets 503
    Optional<Set<String>> login(String user, X509Certificate certificate) throws RealmUnavailableException;

    /// A text that changes when earlier logins of a user must end, because the user's password or roles, or the realm's
    /// settings, have changed. It is kept in sessions, and compared with each request of one.
    String stamp(String user);
}
