package dev.pier.erlang.term;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads terms in Erlang's text form: all that Erlang's own parser accepts as a term, and native records. Pids,
/// ports, references and
/// funs other than `fun m:f/1` have no such form. Works without recursion. For one thread.
///
/// A full stop at the end is optional.
final class TermParser {
    private enum Kind {
        TUPLE("}"),
        LIST("]"),
        MAP("}"),
        RECORD("}");

        final String end;

        Kind(String end) {
            this.end = end;
        }
    }

    private static final class Open {
        final @Nullable Open around;
        final Kind kind;
        final int start;
        final List<Term> parts = new ArrayList<>();
        /// Module, name and fields of a record.
        final List<Atom> names = new ArrayList<>();
        /// Whether the last part is, or will be, the tail of a list.
        boolean atTail;

        Open(@Nullable Open around, Kind kind, int start) {
            this.around = around;
            this.kind = kind;
            this.start = start;
        }
    }

    private final TextCursor in;
    private @Nullable Open open;

    private TermParser(String text) {
        this.in = new TextCursor(text);
    }

    static Term parse(String text) {
        return new TermParser(text).run();
    }

    private Term run() {
        while (true) {
            Term term = next();
            while (term != null) {
                if (open == null) {
                    end();
                    return term;
                }
                open.parts.add(term);
                term = afterPart(open);
            }
        }
    }

    private void end() {
        in.skipSpace();
        if (in.accept(".")) {
            in.skipSpace();
        }
        if (!in.atEnd()) {
            throw in.error("expected the end of the text");
        }
    }

    /// Reads a scalar, or the beginning of a container, in which case there is no term yet.
    private @Nullable Term next() {
        in.skipSpace();
        int start = in.position();
        if (in.accept("<<")) {
            return new BinaryParser(in).parse();
        }
        if (in.peek() == '#' && !in.isNext("#{")) {
            return record();
        }
        Kind kind = in.accept("{") ? Kind.TUPLE : in.accept("[") ? Kind.LIST : in.accept("#{") ? Kind.MAP : null;
        if (kind == null) {
            return ScalarParser.parse(in);
        }
        open = new Open(open, kind, start);
        in.skipSpace();
        return in.accept(kind.end) ? close(open) : null;
    }

    /// Reads the begin of a record, up to its first value: `#module:name{field =`.
    private @Nullable Term record() {
        int start = in.position();
        in.expect("#");
        if (in.peek() != '\'' && !TermText.isLowerCase(in.peek())) {
            throw in.error(start, "no term begins with this character");
        }
        Open begun = new Open(open, Kind.RECORD, start);
        begun.names.add(ScalarParser.atom(in));
        in.expect(":");
        begun.names.add(ScalarParser.atom(in));
        in.skipSpace();
        in.expect("{");
        in.skipSpace();
        open = begun;
        if (in.accept(Kind.RECORD.end)) {
            return close(begun);
        }
        field(begun);
        return null;
    }

    private void field(Open record) {
        in.skipSpace();
        record.names.add(ScalarParser.atom(in));
        in.skipSpace();
        in.expect("=");
    }

    /// Reads the text after a part: the end of the container, which is then a part itself, or a separator.
    private @Nullable Term afterPart(Open within) {
        in.skipSpace();
        if (within.kind == Kind.MAP && within.parts.size() % 2 == 1) {
            in.expect("=>");
            return null;
        }
        if (in.accept(within.kind.end)) {
            return close(within);
        }
        if (within.kind == Kind.LIST && !within.atTail && in.accept("|")) {
            within.atTail = true;
            return null;
        }
        if (within.atTail || !in.accept(",")) {
            throw in.error("expected " + (within.atTail ? "" : "',' or ") + "'" + within.kind.end + "'");
        }
        if (within.kind == Kind.RECORD) {
            field(within);
        }
        return null;
    }

    private Term close(Open finished) {
        open = finished.around;
        try {
            return switch (finished.kind) {
                case TUPLE -> new Tuple(finished.parts);
                case LIST -> finished.atTail ? withTail(finished.parts) : new ListTerm(finished.parts);
                case MAP -> MapTerm.ofPairs(finished.parts.toArray(Term[]::new));
                case RECORD ->
                    new RecordTerm(
                            finished.names.get(0),
                            finished.names.get(1),
                            true,
                            finished.names.subList(2, finished.names.size()),
                            finished.parts);
            };
        } catch (IllegalArgumentException e) {
            throw in.error(finished.start, String.valueOf(e.getMessage()));
        }
    }

    private static Term withTail(List<Term> parts) {
        Term tail = parts.removeLast();
        return switch (tail) {
            case ListTerm(List<Term> rest) -> {
                parts.addAll(rest);
                yield new ListTerm(parts);
            }
            case ImproperList(List<Term> rest, Term last) -> {
                parts.addAll(rest);
                yield new ImproperList(parts, last);
            }
            default -> new ImproperList(parts, tail);
        };
    }
}
