package dev.pier.sample;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import java.util.Iterator;
import java.util.Map;

/// Terms as JSON, on one line, as a real reply would write them. What has no form in JSON appears as the text that
/// Erlang prints for it.
final class TermJson {
    private TermJson() {}

    static void append(Term term, StringBuilder out) {
        switch (term) {
            case IntegerTerm(long value) -> out.append(value);
            case BigIntegerTerm big -> out.append(big.value());
            case FloatTerm(double value) -> out.append(value);
            case Atom atom when atom.equals(Atom.UNDEFINED) -> out.append("null");
            case Atom atom when atom.equals(Atom.TRUE) || atom.equals(Atom.FALSE) -> out.append(atom.name());
            case ListTerm list -> appendList(list, out);
            case MapTerm map -> appendMap(map, out);
            default -> appendString(text(term), out);
        }
    }

    private static void appendList(ListTerm list, StringBuilder out) {
        out.append('[');
        for (Iterator<Term> elements = list.elements().iterator(); elements.hasNext(); ) {
            append(elements.next(), out);
            if (elements.hasNext()) {
                out.append(',');
            }
        }
        out.append(']');
    }

    private static void appendMap(MapTerm map, StringBuilder out) {
        char before = '{';
        for (Map.Entry<Term, Term> entry : map.entries().entrySet()) {
            out.append(before);
            appendString(text(entry.getKey()), out);
            out.append(':');
            append(entry.getValue(), out);
            before = ',';
        }
        out.append(before == '{' ? "{}" : "}");
    }

    private static String text(Term term) {
        return switch (term) {
            case Atom atom -> atom.name();
            case Binary binary -> binary.utf8().orElseGet(binary::toString);
            default -> term.toString();
        };
    }

    private static void appendString(String text, StringBuilder out) {
        out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
}
