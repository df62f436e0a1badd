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

/// Terms as JSON, on one line. What has no form in JSON appears as the text that Erlang prints for it.
final class JsonWriter {
    private JsonWriter() {}

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

    static void appendString(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
