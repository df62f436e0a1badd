package dev.pier.erlang.plugin;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.server.config.Section;
import dev.pier.server.plugin.Realm;
import dev.pier.server.plugin.RealmUnavailableException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A realm whose users a function on a peer knows: `Module:Function(Name, Password)`, with binaries, answers
/// `{ok, Roles}` or `error`. Any other answer, and none, leaves it open whether the user may log in. For a user with a
/// verified certificate, the password is the atom `certificate`.
///
/// Each login is a call: no answer is kept.
///
/// *Threads.* Safe for all threads.
///
/// @param stamp changes with the settings of the realm
record ErlangRealm(Supplier<Peer> peer, Settings settings, String stamp) implements Realm {
    private static final Atom CERTIFICATE = Atom.of("certificate");
    private static final int MAX_ROLES = 10_000;

    /// The section of the realm.
    ///
    /// @param timeout of each call
    record Settings(String peer, String module, String function, Duration timeout) {
        /// The settings of a section; empty if one is missing, which is reported.
        ///
        /// @param peers the names of the peers
        static Optional<Settings> read(Section section, Set<String> peers) {
            String peer = section.string("peer", "");
            MountSettings.requirePeer(section, peer, peers);
            Optional<String> module = required(section, "module");
            Optional<String> function = required(section, "function");
            Duration timeout = section.duration(
                    "timeout", CallOptions.DEFAULT.timeout(), Duration.ofMillis(1), Duration.ofMinutes(10));
            return module.isEmpty() || function.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Settings(peer, module.get(), function.get(), timeout));
        }

        private static Optional<String> required(Section section, String key) {
            Optional<String> value = section.string(key);
            if (value.isEmpty()) {
                section.problem(key, "is missing: the function that knows the users");
            } else if (value.get().isEmpty() || value.get().codePoints().count() > Atom.MAX_CODE_POINTS) {
                section.problem(key, "is not an atom of 1 to " + Atom.MAX_CODE_POINTS + " characters");
            }
            return value;
        }
    }

    /// @param peers gives the peer of a name, for each login
    static ErlangRealm of(Function<String, Peer> peers, Settings settings) {
        CallOptions options = CallOptions.DEFAULT.withTimeout(settings.timeout());
        return new ErlangRealm(
                () -> peers.apply(settings.peer()).with(options),
                settings,
                settings.peer() + " " + settings.module() + ":" + settings.function());
    }

    @Override
    public Optional<Set<String>> login(String user, String password) throws RealmUnavailableException {
        return ask(user, Binary.of(password));
    }

    @Override
    public Optional<Set<String>> login(String user, X509Certificate certificate) throws RealmUnavailableException {
        return ask(user, CERTIFICATE);
    }

    @Override
    public String stamp(String user) {
        return stamp;
    }

    private Optional<Set<String>> ask(String user, Term password) throws RealmUnavailableException {
        Term answer;
        try {
            answer = peer.get()
                    .call(settings.module(), settings.function(), Binary.of(user), password)
                    .term();
        } catch (ErlangException e) {
            throw new RealmUnavailableException(String.valueOf(e.getMessage()), e);
        }
        if (answer.equals(Atom.ERROR)) {
            return Optional.empty();
        }
        if (answer instanceof Tuple tuple && tuple.is(Atom.OK, 2) && tuple.get(1) instanceof ListTerm list) {
            return Optional.of(roles(list));
        }
        // Not shown: it may have a password in it.
        throw invalid();
    }

    private Set<String> roles(ListTerm list) throws RealmUnavailableException {
        Set<String> roles = new HashSet<>();
        for (Term role : list.elements()) {
            String text = text(role);
            if (text == null || roles.size() >= MAX_ROLES) {
                throw invalid();
            }
            roles.add(text);
        }
        return roles;
    }

    private static @Nullable String text(Term role) {
        return switch (role) {
            case Atom atom -> atom.name();
            case Binary binary -> binary.utf8().orElse(null);
            case ListTerm list when list.size() > 0 -> characters(list);
            default -> null;
        };
    }

    /// The text of a charlist, whose characters are numbers.
    private static @Nullable String characters(ListTerm list) {
        StringBuilder text = new StringBuilder();
        for (Term element : list.elements()) {
            if (!(element instanceof IntegerTerm number)
                    || !Character.isValidCodePoint(Math.clamp(number.value(), -1, Integer.MAX_VALUE))) {
                return null;
            }
            text.appendCodePoint((int) number.value());
        }
        return text.toString();
    }

    private RealmUnavailableException invalid() {
        return new RealmUnavailableException(
                "the answer of " + settings.module() + ":" + settings.function() + "/2 on '" + settings.peer()
                        + "' is neither {ok, Roles} nor error; a role is a binary in UTF-8, an atom or a string");
    }
}
