package dev.pier.erlang.jackson;

import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.LinkedHashMap;

/// Inserts terms that have no text form into parsed terms.
final class Pids {
    private Pids() {}

    static Term replaced(Term term, Term mark, Term by) {
        return switch (term) {
            case Term t when t.equals(mark) -> by;
            case ListTerm list ->
                new ListTerm(
                        list.elements().stream().map(e -> replaced(e, mark, by)).toList());
            case Tuple tuple ->
                new Tuple(tuple.elements().stream()
                        .map(e -> replaced(e, mark, by))
                        .toList());
            case MapTerm map -> {
                var entries = new LinkedHashMap<Term, Term>();
                map.entries().forEach((key, value) -> entries.put(replaced(key, mark, by), replaced(value, mark, by)));
                yield new MapTerm(entries);
            }
            default -> term;
        };
    }
}
