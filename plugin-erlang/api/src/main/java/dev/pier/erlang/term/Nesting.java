package dev.pier.erlang.term;

import java.util.List;

/// How deep terms are nested: 0 for a term without parts, otherwise one more than the deepest part. Pure.
///
/// The recursion ends at a limit, because terms can be nested deeper than a thread's stack. Each map remembers its
/// depth, so that maps that are keys of maps are not gone through once for each level.
final class Nesting {
    private Nesting() {}

    /// @return more than `levels`, but not how much more, if the term is nested deeper
    static int depth(Term term, int levels) {
        return switch (term) {
            case Tuple(List<Term> elements) -> depth(elements, levels);
            case ListTerm(List<Term> elements) -> elements instanceof ByteList ? 0 : depth(elements, levels);
            case ImproperList(List<Term> elements, Term tail) ->
                Math.max(depth(elements, levels), depth(List.of(tail), levels));
            case MapTerm map -> Pairs.copyOf(map.entries()).depth(levels);
            case RecordTerm record -> depth(record.values(), levels);
            case LocalFun fun -> depth(fun.free(), levels);
            default -> 0;
        };
    }

    /// The depth of a term with these parts.
    static int depth(List<Term> parts, int levels) {
        if (parts.isEmpty()) {
            return 0;
        }
        if (levels == 0) {
            return 1;
        }
        int deepest = 0;
        for (Term part : parts) {
            deepest = Math.max(deepest, depth(part, levels - 1));
            if (deepest >= levels) {
                return levels + 1;
            }
        }
        return deepest + 1;
    }
}
