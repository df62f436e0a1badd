package dev.pier.server.login;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.security.auth.Subject;
import org.eclipse.jetty.security.UserIdentity;
import org.jspecify.annotations.Nullable;

/// A user who has logged in.
///
/// @param stamp of the realm, at the time of the login
record RealmUser(String realm, String name, String stamp, Set<String> roles) implements UserIdentity {
    /// The entries of a session before the roles.
    private static final int HEAD = 3;

    /// The principal that applications see.
    private record User(String getName) implements Principal {
        @Override
        public String toString() {
            return getName;
        }
    }

    @Override
    public Subject getSubject() {
        return new Subject(true, Set.of(getUserPrincipal()), Set.of(), Set.of());
    }

    @Override
    public Principal getUserPrincipal() {
        return new User(name);
    }

    @Override
    public boolean isUserInRole(String role) {
        return roles.contains(role);
    }

    /// The user as a session keeps it: texts only, which each version of an application and each server can read.
    ArrayList<String> toSession() {
        ArrayList<String> texts = new ArrayList<>(List.of(realm, name, stamp));
        texts.addAll(roles);
        return texts;
    }

    /// The user that a session has; null if the value is not a user.
    static @Nullable RealmUser ofSession(@Nullable Object value) {
        if (!(value instanceof List<?> list)
                || list.size() < HEAD
                || !list.stream().allMatch(String.class::isInstance)) {
            return null;
        }
        List<String> texts = list.stream().map(String.class::cast).toList();
        return new RealmUser(texts.get(0), texts.get(1), texts.get(2), Set.copyOf(texts.subList(HEAD, texts.size())));
    }
}
