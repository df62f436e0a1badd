package dev.pier.erlang.node;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Optional;

/// Signals whose form depends on what the peer can do: with the reason as payload, or in the tuple.
final class Signals {
    private static final Atom ALIAS = Atom.of("alias");

    private Signals() {}

    /// The alias that a caller wants its answer at, if its tag tells of one: `[alias|Ref]`, `[[alias|Ref]|_]`.
    /// SPEC: gen.erl, reply/2.
    static Optional<Reference> aliasOf(Term tag) {
        Term inner = tag instanceof ImproperList
                        || !(tag instanceof ListTerm list)
                        || list.elements().isEmpty()
                ? tag
                : list.elements().getFirst();
        if (tag instanceof ImproperList outer && outer.elements().getFirst() instanceof ImproperList first) {
            inner = first;
        }
        return inner instanceof ImproperList pair
                        && pair.elements().size() == 1
                        && pair.elements().getFirst().equals(ALIAS)
                        && pair.tail() instanceof Reference alias
                ? Optional.of(alias)
                : Optional.empty();
    }

    /// A link broke.
    static void exit(Session session, Pid from, Pid to, Term reason) {
        if (session.connection().capabilities().exitPayload()) {
            session.demand(new ControlMessage.PayloadExit(from, to), from, reason);
        } else {
            session.demand(new ControlMessage.Exit(from, to, reason), from);
        }
    }

    /// A monitored process ended.
    ///
    /// @param from what the monitor was set on, exactly as it arrived: a pid or a name
    static void down(Session session, Term from, Pid to, Reference reference, Term reason) {
        Pid sender = from instanceof Pid pid ? pid : session.nobody();
        if (session.connection().capabilities().exitPayload()) {
            session.demand(new ControlMessage.PayloadMonitorPExit(from, to, reference), sender, reason);
        } else {
            session.demand(new ControlMessage.MonitorPExit(from, to, reference, reason), sender);
        }
    }
}
