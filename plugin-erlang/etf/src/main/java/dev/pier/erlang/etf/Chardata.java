package dev.pier.erlang.etf;

import dev.pier.erlang.internal.Unicode;
import dev.pier.erlang.internal.Utf8;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Text and bytes in nested lists, which `io_lib:format/2` and most of Erlang's text functions return. Pure.
///
/// Iodata consists of bytes and binaries. Chardata consists of code points and binaries of UTF-8, whose characters
/// may be cut between two binaries. SPEC: unicode:characters_to_list/1, erlang:iolist_to_binary/1.
public final class Chardata {
    private static final int MAX_BYTE = 0xff;

    private Chardata() {}

    /// The text of chardata; `null` if the term is something else.
    public static @Nullable String text(Term term) {
        EtfOutput out = new EtfOutput(64);
        return append(term, out, Character.MAX_CODE_POINT) ? Utf8.decode(out.array(), 0, out.size()) : null;
    }

    /// The bytes of iodata, or printable chardata in UTF-8; `null` if the term is something else. A list of
    /// numbers that
    /// is neither is more likely a mistake than text.
    public static byte @Nullable [] bytes(Term term) {
        EtfOutput out = new EtfOutput(64);
        if (append(term, out, MAX_BYTE)) {
            return out.toByteArray();
        }
        String text = text(term);
        return text != null && text.codePoints().allMatch(Unicode::isPrintable)
                ? text.getBytes(StandardCharsets.UTF_8)
                : null;
    }

    /// @param max the largest allowed integer. Up to [#MAX_BYTE] each is a byte, above each is a code point
    private static boolean append(Term term, EtfOutput out, int max) {
        Deque<Term> due = new ArrayDeque<>();
        due.push(term);
        while (!due.isEmpty()) {
            switch (due.pop()) {
                case IntegerTerm(long value) when value >= 0 && value <= max -> append((int) value, out, max);
                case Binary binary -> out.write(binary.toByteArray());
                case ListTerm list
                when max == MAX_BYTE && list.bytes().isPresent() ->
                    out.write(list.bytes().get().toByteArray());
                case ListTerm(List<Term> elements) -> elements.reversed().forEach(due::push);
                case ImproperList(List<Term> elements, Binary tail) -> {
                    due.push(tail);
                    elements.reversed().forEach(due::push);
                }
                default -> {
                    return false;
                }
            }
        }
        return true;
    }

    private static void append(int value, EtfOutput out, int max) {
        if (max == MAX_BYTE) {
            out.write1(value);
        } else {
            out.writeUtf8(value);
        }
    }
}
