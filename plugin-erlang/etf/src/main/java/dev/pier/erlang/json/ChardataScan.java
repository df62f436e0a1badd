package dev.pier.erlang.json;

import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.internal.Unicode;
import dev.pier.erlang.internal.Utf8;
import java.util.Arrays;

/// Finds the lists that become text: nested lists of printable code points and of binaries of printable UTF-8, with
/// at least one character. For one thread.
///
/// Each byte is read three times at most, however deeply lists are nested: a list that holds something else is not
/// scanned again for the lists around it, nor one without characters for the lists in it.
///
/// SPEC: unicode:characters_to_list/1, except that a character is not cut between two binaries.
final class ChardataScan {
    private static final int INITIAL_DEPTH = 16;
    private static final int FIRST_CAPACITY = 256;

    private final EtfOutput text = new EtfOutput(FIRST_CAPACITY);

    // The open lists.

    private int depth;
    /// How many terms are due, the tail among them.
    private long[] due = new long[INITIAL_DEPTH];
    /// Where the elements begin.
    private int[] starts = new int[INITIAL_DEPTH];

    /// Where the elements of the lists begin that hold the last term that is not text, the outermost first.
    private int[] failed = new int[INITIAL_DEPTH];

    private int failures;
    /// Lists that begin before this position have no characters.
    private int emptyBefore;

    /// Begins with another term.
    void reset() {
        failures = 0;
        emptyBefore = 0;
        depth = 0;
    }

    /// The characters of the list that was found, in UTF-8. Valid until the next list.
    EtfOutput text() {
        return text;
    }

    /// Whether the list whose elements begin at the cursor is text; the cursor is at its end then, and has not
    /// moved otherwise. To be asked about the lists of a term in their order.
    boolean read(EtfInput in, int count) {
        int start = in.position();
        if (start < emptyBefore || Arrays.binarySearch(failed, 0, failures, start) >= 0) {
            return false;
        }
        text.truncate(0);
        boolean found = scan(in, count);
        if (!found) {
            if (failed.length < depth) {
                failed = new int[due.length];
            }
            System.arraycopy(starts, 0, failed, 0, depth);
            failures = depth;
            while (depth > 0) {
                depth--;
                in.leave();
            }
        } else if (text.size() == 0) {
            emptyBefore = in.position();
            found = false;
        }
        if (!found) {
            in.seek(start);
        }
        return found;
    }

    private boolean scan(EtfInput in, int count) {
        open(in, count);
        while (depth > 0) {
            int top = depth - 1;
            if (due[top] == 0) {
                depth--;
                in.leave();
                continue;
            }
            boolean tail = --due[top] == 0;
            switch (in.peek1()) {
                case Tag.LIST -> {
                    in.read1();
                    open(in, in.arity(1));
                }
                case Tag.NIL -> in.read1();
                default -> {
                    if (!scalar(in, tail)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private boolean scalar(EtfInput in, boolean tail) {
        return switch (in.read1()) {
            case Tag.SMALL_INTEGER -> !tail && append(in.read1());
            case Tag.INTEGER -> !tail && append(in.read4());
            case Tag.BINARY -> binary(in);
            case Tag.STRING -> {
                boolean printable = true;
                for (int left = in.read2(); left > 0 && printable; left--) {
                    printable = append(in.read1());
                }
                yield printable;
            }
            default -> false;
        };
    }

    private boolean binary(EtfInput in) {
        int length = in.length();
        byte[] bytes = in.bytes();
        int from = in.skip(length);
        int end = from + length;
        for (int i = from; i < end; ) {
            int bytesOfOne = Utf8.characterLength(bytes, i, end);
            if (bytesOfOne == 0 || !Unicode.isPrintable(Utf8.codePoint(bytes, i, bytesOfOne))) {
                return false;
            }
            i += bytesOfOne;
        }
        text.write(bytes, from, length);
        return true;
    }

    private boolean append(int codePoint) {
        if (!Unicode.isPrintable(codePoint)) {
            return false;
        }
        text.writeUtf8(codePoint);
        return true;
    }

    private void open(EtfInput in, int count) {
        in.enter();
        if (depth == due.length) {
            due = Arrays.copyOf(due, 2 * depth);
            starts = Arrays.copyOf(starts, 2 * depth);
        }
        due[depth] = count + 1L;
        starts[depth] = in.position();
        depth++;
    }
}
