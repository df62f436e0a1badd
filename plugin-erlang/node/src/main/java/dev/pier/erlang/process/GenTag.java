package dev.pier.erlang.process;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.List;
import java.util.Optional;

/// The tag that identifies the answer to a `gen` call. Pure. OTP: gen.erl:do_call, reply.
public final class GenTag {
    private static final Atom ALIAS = Atom.of("alias");

    private GenTag() {}

    /// The tag of a call whose answer goes to this alias.
    public static Term of(Reference alias) {
        return new ImproperList(List.of(ALIAS), alias);
    }

    /// The alias that the answer goes to: `Ref` in `[alias|Ref]` and `[[alias|Ref]|_]`.
    public static Optional<Reference> aliasOf(Term tag) {
        return switch (tag) {
            case ImproperList(List<Term> elements, Reference alias)
            when elements.size() == 1 && elements.getFirst().equals(ALIAS) -> Optional.of(alias);
            case ImproperList(List<Term> elements, Term _)
            when elements.getFirst() instanceof ImproperList inner -> aliasOf(inner);
            case ListTerm(List<Term> elements)
            when !elements.isEmpty() && elements.getFirst() instanceof ImproperList inner -> aliasOf(inner);
            default -> Optional.empty();
        };
    }

    /// The reference of the monitor that the caller has on the server: the alias, or the tag itself.
    public static Optional<Reference> monitorOf(Term tag) {
        return tag instanceof Reference reference ? Optional.of(reference) : aliasOf(tag);
    }
}
