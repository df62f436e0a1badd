package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.mapping.Excerpt;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// Writes the bytes of a binary or of an iolist while it arrives. For one thread.
///
/// An iolist is a list of bytes, binaries and iolists, whose tail may be a binary.
final class Iolist {
    private static final int FIRST_DEPTH = 16;

    private final StreamingEtfInput input;
    private final OutputStream out;
    private final int maxDepth;

    /// How many terms follow on each level: the elements of a list and its tail.
    private long[] pending = new long[FIRST_DEPTH];

    private int depth;

    Iolist(StreamingEtfInput input, OutputStream out, int maxDepth) {
        this.input = input;
        this.out = out;
        this.maxDepth = maxDepth;
    }

    /// Writes the next term of the input.
    ///
    /// @throws UnexpectedTerm if it is neither a binary nor an iolist; a part may have been written before
    void write() throws IOException {
        term();
        while (depth > 0) {
            if (pending[depth - 1] == 0) {
                depth--;
            } else {
                pending[depth - 1]--;
                term();
            }
        }
    }

    private void term() throws IOException {
        switch (input.peek1()) {
            case Tag.NIL -> input.read1();
            case Tag.BINARY -> {
                input.read1();
                input.copyTo(out, input.readCount());
            }
            case Tag.STRING -> {
                input.read1();
                input.copyTo(out, input.read2());
            }
            case Tag.LIST -> {
                input.read1();
                enter(input.readCount() + 1);
            }
            case Tag.SMALL_INTEGER -> {
                // A byte is allowed in a list only.
                if (depth == 0) {
                    throw unexpected();
                }
                input.read1();
                out.write(input.read1());
            }
            default -> throw unexpected();
        }
    }

    private void enter(long terms) {
        // A finished level needs no room: a list in the tail of a list is not nested deeper.
        if (depth > 0 && pending[depth - 1] == 0) {
            depth--;
        }
        if (depth == maxDepth) {
            throw new MalformedTerm("nested deeper than " + maxDepth + " (limit depth)");
        }
        if (depth == pending.length) {
            pending = Arrays.copyOf(pending, 2 * depth);
        }
        pending[depth++] = terms;
    }

    private UnexpectedTerm unexpected() {
        return new UnexpectedTerm("expected a binary or an iolist, got " + Excerpt.ofNext(input));
    }
}
