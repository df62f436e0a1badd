package dev.pier.erlang.term;

import dev.pier.erlang.internal.Unicode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Prints terms as `io:format("~0tp")` does on a node that treats all of Unicode as printable (`+pc unicode`).
/// Works without recursion. For one thread.
///
/// Differences: pids, ports and references show the name of their node instead of a number that only the printing
/// node can interpret; `maybe` and `else` are quoted, as from OTP 27 on; a reserved word in `fun 'end':f/1` is
/// quoted too.
///
/// Stops when the requested number of characters is reached, except inside a number or a name, because terms of
/// peers can be as large as the connection's limits permit.
final class TermText {
    private static final Set<String> RESERVED = Set.of(
            "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch", "cond",
            "div", "else", "end", "fun", "if", "let", "maybe", "not", "of", "or", "orelse", "receive", "rem", "try",
            "when", "xor");

    private enum Kind {
        TUPLE("}"),
        LIST("]"),
        IMPROPER_LIST("]"),
        MAP("}"),
        RECORD("}");

        final String end;

        Kind(String end) {
            this.end = end;
        }
    }

    /// A container that is being printed.
    private static final class Open {
        final @Nullable Open around;
        final Kind kind;
        final int size;
        final Iterator<Term> parts;
        /// The names of the fields of a record.
        final List<Atom> fields;

        int printed;

        Open(@Nullable Open around, Kind kind, List<Atom> fields, List<Term> parts) {
            this.around = around;
            this.kind = kind;
            this.size = parts.size();
            this.parts = parts.iterator();
            this.fields = fields;
        }
    }

    private final StringBuilder out = new StringBuilder();
    private final int most;
    private @Nullable Open open;

    private TermText(int most) {
        this.most = most;
    }

    static String print(Term term) {
        TermText text = new TermText(Integer.MAX_VALUE);
        text.run(term);
        return text.out.toString();
    }

    /// The first `most` characters, followed by `…` if there are more.
    static String print(Term term, int most) {
        TermText text = new TermText(most);
        text.run(term);
        if (!text.isFull()) {
            return text.out.toString();
        }
        boolean halved = most > 0 && Character.isHighSurrogate(text.out.charAt(most - 1));
        return text.out.substring(0, halved ? most - 1 : most) + "…";
    }

    private boolean isFull() {
        return isFull(out, most);
    }

    /// Whether there are more characters than requested.
    static boolean isFull(StringBuilder out, int most) {
        return out.length() > most;
    }

    private void run(Term term) {
        begin(term);
        while (open != null && !isFull()) {
            if (open.parts.hasNext()) {
                separate(open);
                begin(open.parts.next());
            } else {
                out.append(open.kind.end);
                open = open.around;
            }
        }
    }

    private void separate(Open within) {
        int before = within.printed++;
        if (within.kind == Kind.RECORD) {
            out.append(before == 0 ? "" : ",");
            atom(within.fields.get(before).name());
            out.append(" = ");
        } else if (before == 0) {
            return;
        } else if (within.kind == Kind.MAP && before % 2 == 1) {
            out.append(" => ");
        } else {
            out.append(within.kind == Kind.IMPROPER_LIST && before == within.size - 1 ? '|' : ',');
        }
    }

    private void begin(Term term) {
        switch (term) {
            case Atom(String name) -> atom(name);
            case IntegerTerm(long value) -> out.append(value);
            case BigIntegerTerm(var value) -> out.append(value);
            case FloatTerm(double value) -> FloatText.print(value, out);
            case Binary binary -> BinaryText.print(binary, out, most);
            case Bitstring bits -> BinaryText.print(bits, out, most);
            case Tuple(List<Term> elements) -> open("{", Kind.TUPLE, elements);
            case ListTerm(List<Term> elements) -> list(elements);
            case ImproperList(List<Term> elements, Term tail) -> open("[", Kind.IMPROPER_LIST, and(elements, tail));
            case MapTerm map -> open("#{", Kind.MAP, map.pairs());
            case RecordTerm(Atom module, Atom name, boolean _, List<Atom> fields, List<Term> values) -> {
                out.append('#');
                atom(module.name());
                out.append(':');
                atom(name.name());
                out.append('{');
                open = new Open(open, Kind.RECORD, fields, values);
            }
            case Pid pid -> {
                node("<", pid.node());
                number(pid.id()).append('.');
                number(pid.serial()).append('>');
            }
            case Port port ->
                node("#Port<", port.node())
                        .append(Long.toUnsignedString(port.id()))
                        .append('>');
            case Reference reference -> reference(reference);
            case ExternalFun(Atom module, Atom function, int arity) -> {
                out.append("fun ");
                atom(module.name());
                out.append(':');
                atom(function.name());
                out.append('/').append(arity);
            }
            case LocalFun fun -> {
                node("#Fun<", fun.module());
                out.append(fun.oldIndex()).append('.').append(fun.oldUnique()).append('>');
            }
        }
    }

    private void open(String begin, Kind kind, List<Term> parts) {
        out.append(begin);
        open = new Open(open, kind, List.of(), parts);
    }

    private void list(List<Term> elements) {
        if (!elements.isEmpty() && isPrintable(elements)) {
            out.append('"');
            for (Term element : elements) {
                if (isFull()) {
                    return;
                }
                character((int) ((IntegerTerm) element).value(), '"', out);
            }
            out.append('"');
        } else {
            open("[", Kind.LIST, elements);
        }
    }

    private void reference(Reference reference) {
        node("#Ref<", reference.node());
        for (int i = reference.wordCount() - 1; i >= 0; i--) {
            number(reference.word(i)).append(i == 0 ? '>' : '.');
        }
    }

    /// Prints the name of a node, in quotes unless it has only plain characters: names come from peers, and
    /// texts end up in logs.
    private StringBuilder node(String begin, Atom name) {
        out.append(begin);
        boolean plain = !name.name().isEmpty()
                && name.name().chars().allMatch(c -> c < 0x7f && (isNameCharacter(c) || c == '.' || c == '-'));
        if (plain) {
            out.append(name.name());
        } else {
            quoted(name.name());
        }
        return out.append('.');
    }

    private StringBuilder number(int unsigned) {
        return out.append(Integer.toUnsignedString(unsigned));
    }

    private void atom(String name) {
        if (!name.isEmpty()
                && isLowerCase(name.charAt(0))
                && name.chars().allMatch(TermText::isNameCharacter)
                && !RESERVED.contains(name)) {
            out.append(name);
        } else {
            quoted(name);
        }
    }

    private void quoted(String name) {
        out.append('\'');
        name.codePoints().forEach(c -> character(c, '\'', out));
        out.append('\'');
    }

    private static List<Term> and(List<Term> elements, Term tail) {
        var all = new ArrayList<Term>(elements);
        all.add(tail);
        return all;
    }

    private static boolean isPrintable(List<Term> elements) {
        for (Term element : elements) {
            if (!(element instanceof IntegerTerm(long value))
                    || value != (int) value
                    || !Unicode.isPrintable((int) value)) {
                return false;
            }
        }
        return true;
    }

    static boolean isLowerCase(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 0xdf && c <= 0xff && c != 0xf7);
    }

    static boolean isNameCharacter(int c) {
        return isLowerCase(c)
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || (c >= 0xc0 && c <= 0xde && c != 0xd7)
                || c == '_'
                || c == '@';
    }

    /// One character between quotes.
    static void character(int c, char quote, StringBuilder out) {
        switch (c) {
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case 0x0b -> out.append("\\v");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case 0x1b -> out.append("\\e");
            case 0x7f -> out.append("\\d");
            default -> {
                if (c == quote) {
                    out.append('\\').append(quote);
                } else if ((c >= ' ' && c < 0x7f) || c >= 0xa0) {
                    out.appendCodePoint(c);
                } else {
                    out.append('\\')
                            .append((char) ('0' + (c >> 6)))
                            .append((char) ('0' + ((c >> 3) & 7)))
                            .append((char) ('0' + (c & 7)));
                }
            }
        }
    }
}
