package dev.pier.erlang.plugin;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.SessionStoreException;
import dev.pier.server.plugin.StoredSession;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Sessions in Mnesia on a peer's nodes, through the module `pier_sessions` of the OTP application `pier`. All servers
/// that are connected to these nodes have the same sessions.
///
/// A call that fails is repeated until `sessions.store-timeout`, so that the loss of one node of the peer loses no
/// session. Repeating is safe: a write that has taken effect meets its own version, with the same attributes.
///
/// *Threads.* Safe for all threads.
final class ErlangSessionStore implements SessionStore {
    private static final String MODULE = "pier_sessions";
    private static final long RETRY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Atom NONE = Atom.of("none");
    private static final Atom UNCHANGED = Atom.of("unchanged");
    private static final Atom SESSION = Atom.of("session");
    private static final Atom STORED = Atom.of("stored");
    private static final Atom CONFLICT = Atom.of("conflict");
    private static final Atom GONE = Atom.of("gone");
    private static final Atom FULL = Atom.of("full");
    private static final Atom UNDEF = Atom.of("undef");

    private final Peer peer;
    private final Limits limits;

    ErlangSessionStore(Peer peer, Limits limits) {
        this.peer = peer;
        this.limits = limits;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public Found find(Key key, long knownVersion) throws SessionStoreException {
        Term found = call("find", key.contextPath(), key.hash(), knownVersion);
        if (found.equals(NONE)) {
            return new Found.None();
        }
        if (found instanceof Tuple tuple && tuple.is(UNCHANGED, 2)) {
            return new Found.Unchanged(integer(tuple.get(1)));
        }
        if (found instanceof Tuple tuple && tuple.is(SESSION, 2)) {
            return new Found.Changed(session(tuple.get(1)));
        }
        throw unexpected(found);
    }

    @Override
    public Saved save(Key key, StoredSession session) throws SessionStoreException {
        Map<Term, Term> attributes = new HashMap<>();
        session.attributes().forEach((name, value) -> attributes.put(Binary.of(name), Binary.of(value)));
        Tuple times = Tuple.of(
                IntegerTerm.of(session.created()),
                IntegerTerm.of(session.accessed()),
                IntegerTerm.of(session.maxInactive()));
        Term saved = call(
                "save",
                key.contextPath(),
                key.hash(),
                session.version(),
                times,
                session.expiry(),
                MapTerm.of(attributes),
                limits.maxSessions());
        if (saved instanceof Tuple tuple && tuple.is(STORED, 2)) {
            return new Saved.Stored(integer(tuple.get(1)));
        }
        if (saved instanceof Tuple tuple && tuple.is(CONFLICT, 2)) {
            return new Saved.Conflict(session(tuple.get(1)));
        }
        if (saved.equals(GONE)) {
            return new Saved.Gone();
        }
        if (saved.equals(FULL)) {
            return new Saved.Full();
        }
        throw unexpected(saved);
    }

    @Override
    public void touch(Key key, long expiry) throws SessionStoreException {
        call("touch", key.contextPath(), key.hash(), expiry);
    }

    @Override
    public void delete(Key key) throws SessionStoreException {
        call("delete", key.contextPath(), key.hash());
    }

    /// The peer belongs to the node.
    @Override
    public void close() {}

    private Term call(String function, @Nullable Object... arguments) throws SessionStoreException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.timeoutMillis());
        while (true) {
            long left = end - System.nanoTime();
            try {
                CallOptions options = CallOptions.DEFAULT.withTimeout(Duration.ofNanos(Math.max(left, 1)));
                return peer.with(options).call(MODULE, function, arguments).term();
            } catch (ErlangException e) {
                if (end - System.nanoTime() <= RETRY_PAUSE_NANOS || isMissing(e)) {
                    throw failure(e);
                }
            }
            LockSupport.parkNanos(RETRY_PAUSE_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new SessionStoreException("interrupted", new InterruptedException());
            }
        }
    }

    /// Whether the node does not have the module, which no second try changes.
    private static boolean isMissing(ErlangException failure) {
        return failure instanceof RemoteError error && error.reason().equals(UNDEF);
    }

    private SessionStoreException failure(ErlangException cause) {
        String message = isMissing(cause)
                ? "the node " + peer.nodeName() + " does not have the module pier_sessions (OTP application pier)"
                : String.valueOf(cause.getMessage());
        return new SessionStoreException(message, cause);
    }

    private SessionStoreException unexpected(Term term) {
        return new SessionStoreException(
                "pier_sessions has answered " + term.excerpt(100) + ", which this version of Pier does not know",
                new UnexpectedTerm("not an answer of pier_sessions"));
    }

    private StoredSession session(Term term) throws SessionStoreException {
        if (term instanceof Tuple(List<Term> elements)
                && elements.size() == 6
                && elements.get(5) instanceof MapTerm attributes) {
            Map<String, byte[]> values = new HashMap<>();
            for (Map.Entry<Term, Term> entry : attributes.entries().entrySet()) {
                if (!(entry.getKey() instanceof Binary name) || !(entry.getValue() instanceof Binary value)) {
                    throw unexpected(term);
                }
                values.put(name.utf8().orElseThrow(() -> unexpected(term)), value.toByteArray());
            }
            return new StoredSession(
                    integer(elements.get(0)),
                    integer(elements.get(1)),
                    integer(elements.get(2)),
                    integer(elements.get(3)),
                    integer(elements.get(4)),
                    values);
        }
        throw unexpected(term);
    }

    private long integer(Term term) throws SessionStoreException {
        if (term instanceof IntegerTerm(long value)) {
            return value;
        }
        throw unexpected(term);
    }
}
