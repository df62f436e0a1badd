package dev.pier.sample.console;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Fun;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.RecordTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.sample.web.BadRequest;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Terms as text: parses arguments that a user has typed, and formats Erlang's stack traces.
final class ErlangText {
    /// The atoms that a client may send. Any other atom would stay in the Erlang node's atom table for ever.
    private static final Set<Atom> ALLOWED_ATOMS = Stream.of(
                    ("true false undefined ok error infinity normal hello world "
                                    + "a b c id name key value point user age")
                            .split(" ", -1))
            .map(Atom::of)
            .collect(Collectors.toUnmodifiableSet());

    private static final int MAX_DEPTH = 100;

    private ErlangText() {}

    /// Parses a list of arguments such as `[1, <<"two">>, {ok, 3}]`. An empty text means no arguments.
    static Object[] arguments(String text) throws BadRequest {
        if (text.isEmpty()) {
            return new Object[0];
        }
        Term term;
        try {
            term = Term.parse(text);
        } catch (IllegalArgumentException e) {
            throw new BadRequest(400, "invalid Erlang term: " + e.getMessage());
        }
        if (!(term instanceof ListTerm(List<Term> arguments))) {
            throw new BadRequest(400, "the arguments must be a list, such as [1, <<\"two\">>]");
        }
        check(arguments, MAX_DEPTH);
        return arguments.toArray();
    }

    private static void check(Iterable<Term> terms, int depth) throws BadRequest {
        if (depth == 0) {
            throw new BadRequest(400, "nested too deeply: at most " + MAX_DEPTH + " levels");
        }
        for (Term term : terms) {
            switch (term) {
                case Atom atom
                when !ALLOWED_ATOMS.contains(atom) ->
                    throw new BadRequest(
                            400, "the atom " + atom + " is not allowed; send <<\"" + atom.name() + "\">> instead");
                case Fun _ ->
                    throw new BadRequest(400, "funs are not allowed: the name of a fun's module becomes an atom");
                case RecordTerm _ -> throw new BadRequest(400, "records are not allowed: their names become atoms");
                case ListTerm(List<Term> elements) -> check(elements, depth - 1);
                case Tuple(List<Term> elements) -> check(elements, depth - 1);
                case ImproperList(List<Term> elements, Term tail) -> {
                    check(elements, depth - 1);
                    check(List.of(tail), depth - 1);
                }
                case MapTerm map -> {
                    check(map.entries().sequencedKeySet(), depth - 1);
                    check(map.entries().sequencedValues(), depth - 1);
                }
                default -> {
                    // Numbers and binaries create no atoms.
                }
            }
        }
    }

    /// Formats a stack trace with one line per frame: `lists:sum/2 (lists.erl:1234)`.
    static String stack(Term trace) {
        return trace instanceof ListTerm(List<Term> frames)
                ? frames.stream().map(ErlangText::frame).collect(Collectors.joining("\n"))
                : trace.toString();
    }

    private static String frame(Term frame) {
        if (!(frame instanceof Tuple(List<Term> parts)) || parts.size() != 4) {
            return frame.toString();
        }
        String function = parts.get(0) + ":" + parts.get(1);
        String call = parts.get(2) instanceof ListTerm(List<Term> arguments)
                ? function + arguments.stream().map(Term::toString).collect(Collectors.joining(", ", "(", ")"))
                : function + "/" + parts.get(2);
        return parts.get(3) instanceof ListTerm(List<Term> location) ? call + place(location) : call;
    }

    private static String place(List<Term> location) {
        String file = value(location, "file");
        String line = value(location, "line");
        return file.isEmpty() ? "" : " (" + file.replace("\"", "") + (line.isEmpty() ? "" : ":" + line) + ")";
    }

    private static String value(List<Term> pairs, String key) {
        return pairs.stream()
                .filter(pair -> pair instanceof Tuple(List<Term> parts)
                        && parts.size() == 2
                        && parts.getFirst().equals(Atom.of(key)))
                .map(pair -> ((Tuple) pair).elements().getLast().toString())
                .findFirst()
                .orElse("");
    }
}
