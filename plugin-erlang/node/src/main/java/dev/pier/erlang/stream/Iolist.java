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

    private final StreamingEtfInput flow;
    private final OutputStream out;
    private final int maxDepth;

    /// How many terms are due on each level: the elements of a list and its tail.
    private long[] due = new long[FIRST_DEPTH];

    private int depth;

    Iolist(StreamingEtfInput flow, OutputStream out, int maxDepth) {
        this.flow = flow;
        this.out = out;
        this.maxDepth = maxDepth;
    }

    /// Writes the next term of the flow.
    ///
    /// @throws UnexpectedTerm if it is no iolist; part of it may be written by then
    void write() throws IOException {
        term();
        while (depth > 0) {
            if (due[depth - 1] == 0) {
                depth--;
            } else {
                due[depth - 1]--;
                term();
            }
        }
    }

    private void term() throws IOException {
        switch (flow.peek1()) {
            case Tag.NIL -> flow.read1();
            case Tag.BINARY -> {
                flow.read1();
                flow.copyTo(out, flow.readCount());
            }
            case Tag.STRING -> {
                flow.read1();
                flow.copyTo(out, flow.read2());
            }
            case Tag.LIST -> {
                flow.read1();
                enter(flow.readCount() + 1);
            }
            case Tag.SMALL_INTEGER -> {
                // A byte in a list; by itself it is none.
                if (depth == 0) {
                    throw unexpected();
                }
                flow.read1();
                out.write(flow.read1());
            }
            default -> throw unexpected();
        }
    }

    private void enter(long terms) {
        // What is done on this level needs no room any more: a list in the tail of a list goes no deeper.
        if (depth > 0 && due[depth - 1] == 0) {
            depth--;
        }
        if (depth == maxDepth) {
            throw new MalformedTerm("nested deeper than " + maxDepth + " (limit depth)");
        }
        if (depth == due.length) {
            due = Arrays.copyOf(due, 2 * depth);
        }
        due[depth++] = terms;
    }

    private UnexpectedTerm unexpected() {
        return new UnexpectedTerm("expected a binary or an iolist, got " + Excerpt.ofNext(flow));
    }
}
