package dev.pier.erlang.peer;

import dev.pier.erlang.Peer;
import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.BeamRecords;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Tuple;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.WeakHashMap;

/// The records that modules of one node define, from their debug information. Safe for many threads, of which
/// several may ask for the same module at once.
///
/// The node is asked again after a minute, so that a module which was loaded anew is noticed.
final class RecordLookup {
    private static final int MAX_MODULES = 100;
    private static final long TIME_TO_LIVE = Duration.ofMinutes(1).toNanos();

    /// By the way to the node, which all applications share.
    private static final Map<PeerLink, RecordLookup> BY_LINK = Collections.synchronizedMap(new WeakHashMap<>());

    private record Known(RecordDefinitions records, long foundNanos) {}

    private final Object lock = new Object();

    /// In the order of their last use. Guarded by `lock`.
    private final Map<String, Known> modules = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MAX_MODULES;
        }
    };

    private RecordLookup() {}

    static RecordLookup of(PeerLink link) {
        return BY_LINK.computeIfAbsent(link, _ -> new RecordLookup());
    }

    /// @param peer the node
    RecordDefinitions find(String module, Peer peer) {
        long now = System.nanoTime();
        synchronized (lock) {
            Known known = modules.get(module);
            if (known != null && now - known.foundNanos() < TIME_TO_LIVE) {
                return known.records();
            }
        }
        RecordDefinitions found = ask(module, peer);
        synchronized (lock) {
            modules.put(module, new Known(found, now));
        }
        return found;
    }

    private static RecordDefinitions ask(String module, Peer peer) {
        Atom name = Atom.of(module);
        if (peer.call("code", "get_object_code", name).term() instanceof Tuple found
                && found.arity() == 3
                && found.get(1) instanceof Binary code) {
            return BeamRecords.read(module, code.toByteArray());
        }
        throw new UnexpectedTerm(
                "the node " + peer.nodeName() + " has no object code of the module " + module + ": use its .hrl file");
    }
}
