package dev.pier.erlang.link;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import java.util.concurrent.atomic.AtomicLong;

/// Gives out this node's pids and references, none of them twice in the node's life. Safe for many threads.
public final class Identifiers {
    /// A reference's first word has 18 bits in all nodes up to OTP 23, and nothing is lost by keeping to it.
    private static final int FIRST_WORD_BITS = 18;

    private static final int FIRST_WORD_MASK = (1 << FIRST_WORD_BITS) - 1;

    private final Atom node;
    private final int creation;
    private final AtomicLong pids = new AtomicLong();
    private final AtomicLong references = new AtomicLong();

    /// @param creation which incarnation of the node this is, never 0
    public Identifiers(Atom node, int creation) {
        this.node = node;
        this.creation = creation;
    }

    public Atom node() {
        return node;
    }

    public Pid nextPid() {
        return pid(pids.incrementAndGet());
    }

    Pid pid(long number) {
        return new Pid(node, (int) number, (int) (number >>> Integer.SIZE), creation);
    }

    public Reference nextReference() {
        return reference(references.incrementAndGet());
    }

    Reference reference(long number) {
        return new Reference(node, creation, (int) number & FIRST_WORD_MASK, (int) (number >>> FIRST_WORD_BITS), (int)
                (number >>> (FIRST_WORD_BITS + Integer.SIZE)));
    }

    /// The number behind one of our references, or 0 for a reference of somebody else or of an earlier incarnation.
    public long number(Reference reference) {
        if (reference.wordCount() != 3
                || reference.creation() != creation
                || !reference.node().equals(node)) {
            return 0;
        }
        return (reference.word(0) & FIRST_WORD_MASK)
                | Integer.toUnsignedLong(reference.word(1)) << FIRST_WORD_BITS
                | Integer.toUnsignedLong(reference.word(2)) << (FIRST_WORD_BITS + Integer.SIZE);
    }

    /// The number behind one of our pids.
    public static long number(Pid pid) {
        return Integer.toUnsignedLong(pid.id()) | (long) pid.serial() << Integer.SIZE;
    }

    /// Whether a pid is one that this incarnation of the node may have given out.
    public boolean isOurs(Pid pid) {
        return pid.creation() == creation && pid.node().equals(node);
    }
}
