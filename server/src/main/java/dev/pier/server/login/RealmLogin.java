package dev.pier.server.login;

import dev.pier.server.http.HttpServer;
import dev.pier.server.http.RetryLaterException;
import dev.pier.server.plugin.Realm;
import dev.pier.server.plugin.RealmUnavailableException;
import dev.pier.server.task.LogInterval;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.jetty.security.DefaultIdentityService;
import org.eclipse.jetty.security.IdentityService;
import org.eclipse.jetty.security.LoginService;
import org.eclipse.jetty.security.UserIdentity;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The logins of an application in a realm. If the realm cannot be asked, the request gets 503: it is neither
/// let in nor told that the password is wrong.
///
/// *Threads.* Safe for all threads.
public final class RealmLogin implements LoginService {
    private static final Logger log = LoggerFactory.getLogger(RealmLogin.class);

    private static final String UNAVAILABLE = "Logins cannot be checked now; try again later";

    /// Longer names and passwords are no one's.
    private static final int MAX_LENGTH = 4096;

    private static final FailedLogins FAILED = new FailedLogins();

    private final LogInterval failures = new LogInterval();
    private final Realms realms;
    private final String name;
    private IdentityService identities = new DefaultIdentityService();

    /// @param name of the realm, which is looked up at each login, so that a change of `server.conf` has an effect
    public RealmLogin(Realms realms, String name) {
        this.realms = realms;
        this.name = name;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public @Nullable UserIdentity login(
            String user,
            @Nullable Object credentials,
            @Nullable Request request,
            @Nullable Function<Boolean, Session> session) {
        RealmUser loggedIn = ask(user, credentials);
        if (loggedIn == null && request != null) {
            FAILED.add(name, HttpServer.client(request));
        }
        return loggedIn;
    }

    private @Nullable RealmUser ask(String user, @Nullable Object credentials) {
        Realm realm = realms.get(name);
        try {
            if (realm == null) {
                throw new RealmUnavailableException("server.conf no longer defines it");
            }
            // Taken before the answer: a change in between ends the login.
            String stamp = realm.stamp(user);
            Optional<Set<String>> roles = switch (credentials) {
                case X509Certificate certificate -> realm.login(user, certificate);
                case String password
                when password.length() <= MAX_LENGTH && user.length() <= MAX_LENGTH -> realm.login(user, password);
                case null, default -> Optional.empty();
            };
            return roles.map(its -> new RealmUser(name, user, stamp, Set.copyOf(its)))
                    .orElse(null);
        } catch (RealmUnavailableException e) {
            if (failures.permits()) {
                log.warn("The realm '{}' cannot be asked, its logins get 503: {}", name, e.getMessage());
            }
            throw new RetryLaterException(UNAVAILABLE, e);
        } catch (RuntimeException e) {
            if (failures.permits()) {
                log.error("The realm '{}' has failed, its logins get 503", name, e);
            }
            throw new RetryLaterException(UNAVAILABLE, e);
        }
    }

    /// Whether a login still holds.
    @Override
    public boolean validate(UserIdentity user) {
        Realm realm = realms.get(name);
        return user instanceof RealmUser its
                && its.realm().equals(name)
                && realm != null
                && its.stamp().equals(realm.stamp(its.name()));
    }

    @Override
    public IdentityService getIdentityService() {
        return identities;
    }

    @Override
    public void setIdentityService(IdentityService service) {
        identities = service;
    }

    @Override
    public void logout(UserIdentity user) {
        // The session of the application forgets the user.
    }
}
