package dev.pier.erlang.jackson;

import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;

/// Recognizes property lists: lists of pairs and atoms. Pure.
public final class Proplists {
    private Proplists() {}

    /// Whether the elements at the cursor are only atoms, and pairs with a text as key. The cursor does not move.
    public static boolean isAhead(EtfInput in, int count, boolean tailDue) {
        int start = in.position();
        boolean all = true;
        for (int i = 0; i < count && all; i++) {
            all = isEntry(in);
        }
        all = all && (!tailDue || in.peek1() == Tag.NIL);
        in.seek(start);
        return all;
    }

    private static boolean isEntry(EtfInput in) {
        if (Tag.isAtom(in.peek1())) {
            TermDecoder.skip(in);
            return true;
        }
        if (in.read1() != Tag.SMALL_TUPLE || in.read1() != 2) {
            return false;
        }
        int key = in.peek1();
        if (!Tag.isAtom(key) && key != Tag.BINARY && key != Tag.STRING) {
            return false;
        }
        TermDecoder.skip(in);
        TermDecoder.skip(in);
        return true;
    }
}
