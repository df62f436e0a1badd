package dev.pier.erlang.json;

import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import java.util.Arrays;
import java.util.BitSet;

/// Finds the lists that become objects: those of pairs with a text as key and of atoms, with at least one pair. For one
/// thread.
///
/// Each byte is read once, however deeply such lists are nested: the answer for a list is found together with the
/// answers for all lists in it.
final class ProplistScan {
    private static final int NO_LIST = -1;
    private static final int INITIAL_DEPTH = 16;

    /// Where the elements of the proplists begin, counted from `base`.
    private final BitSet found = new BitSet();

    private int base;
    private int end;

    // The open containers.

    private int depth;
    /// How many terms are due, the tail of a list among them.
    private long[] due = new long[INITIAL_DEPTH];
    /// Where the elements begin, as long as the container may be a proplist.
    private int[] starts = new int[INITIAL_DEPTH];
    private boolean[] hasPair = new boolean[INITIAL_DEPTH];

    /// Begins with another term.
    void reset() {
        end = 0;
    }

    /// Whether the list whose elements begin at the cursor becomes an object. The cursor does not move. To be asked
    /// about
    /// the lists of a term in their order.
    boolean isAhead(EtfInput in, int count) {
        int start = in.position();
        if (start >= end) {
            if (!isPair(in) && !Tag.isAtom(in.peek1())) {
                return false;
            }
            found.clear();
            base = start;
            scan(in, count);
            end = in.position();
            in.seek(start);
        }
        return found.get(start - base);
    }

    private void scan(EtfInput in, int count) {
        open(in, in.position(), count + 1L);
        while (depth > 0) {
            int top = depth - 1;
            if (due[top] == 0) {
                close(in);
                continue;
            }
            due[top]--;
            check(in, top);
            if (in.peek1() == Tag.LIST) {
                in.read1();
                int length = in.arity(1);
                open(in, in.position(), length + 1L);
            } else {
                long parts = TermDecoder.skipHead(in);
                if (parts > 0) {
                    open(in, NO_LIST, parts);
                }
            }
        }
    }

    /// Whether the container still may be a proplist with the term at the cursor, its next element or its tail.
    private void check(EtfInput in, int top) {
        if (starts[top] == NO_LIST) {
            return;
        }
        boolean pair = due[top] > 0 && isPair(in);
        int tag = in.peek1();
        if (due[top] == 0 ? tag != Tag.NIL : !pair && !Tag.isAtom(tag)) {
            starts[top] = NO_LIST;
        }
        hasPair[top] |= pair;
    }

    private static boolean isPair(EtfInput in) {
        int start = in.position();
        boolean pair = in.read1() == Tag.SMALL_TUPLE && in.read1() == 2 && isText(in.peek1());
        in.seek(start);
        return pair;
    }

    private static boolean isText(int tag) {
        return Tag.isAtom(tag) || tag == Tag.BINARY || tag == Tag.STRING;
    }

    private void open(EtfInput in, int start, long terms) {
        in.enter();
        if (depth == due.length) {
            due = Arrays.copyOf(due, 2 * depth);
            starts = Arrays.copyOf(starts, 2 * depth);
            hasPair = Arrays.copyOf(hasPair, 2 * depth);
        }
        due[depth] = terms;
        starts[depth] = start;
        hasPair[depth] = false;
        depth++;
    }

    private void close(EtfInput in) {
        in.leave();
        depth--;
        if (starts[depth] != NO_LIST && hasPair[depth]) {
            found.set(starts[depth] - base);
        }
    }
}
