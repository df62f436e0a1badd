package dev.pier.erlang.link;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Makes this node's pids and references, each of them once in the node's life.
///
/// Half of each reference is random, so that a node can answer only those that it was sent. Pids are counted: any
/// node may send to any process.
///
/// Threads: any thread may call.
public final class Identifiers {
    /// The first word of a reference has 18 bits in nodes up to OTP 23. Keeping to it costs nothing.
    private static final int FIRST_WORD_BITS = 18;

    private static final int FIRST_WORD_MASK = (1 << FIRST_WORD_BITS) - 1;

    private final Atom node;
    private final int creation;
    private final AtomicLong pids = new AtomicLong();
    private final AtomicLong references = new AtomicLong();

    /// @param creation the incarnation of the node, never 0
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
        return reference((long) RandomInts.SHARED.next() << Integer.SIZE
                | Integer.toUnsignedLong((int) references.incrementAndGet()));
    }

    Reference reference(long number) {
        return new Reference(node, creation, (int) number & FIRST_WORD_MASK, (int) (number >>> FIRST_WORD_BITS), (int)
                (number >>> (FIRST_WORD_BITS + Integer.SIZE)));
    }

    /// The number of a reference of this node; 0 for one of another node or of an earlier incarnation.
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

    /// The number of a pid of this node.
    public static long number(Pid pid) {
        return Integer.toUnsignedLong(pid.id()) | (long) pid.serial() << Integer.SIZE;
    }

    /// Unpredictable numbers, made many at a time, because each request to a [SecureRandom] takes a lock and more
    /// than all the rest of a call's reference.
    ///
    /// Threads: any thread may call.
    private static final class RandomInts {
        static final RandomInts SHARED = new RandomInts();

        private static final int SIZE = 1024;

        private final SecureRandom source = new SecureRandom();
        private final Object lock = new Object();

        /// Replaced under the lock.
        private volatile Batch batch = new Batch();

        private final class Batch {
            private final int[] numbers = source.ints(SIZE).toArray();
            private final AtomicInteger taken = new AtomicInteger();
        }

        int next() {
            while (true) {
                Batch now = batch;
                int index = now.taken.getAndIncrement();
                if (index < SIZE) {
                    return now.numbers[index];
                }
                synchronized (lock) {
                    if (batch == now) {
                        batch = new Batch();
                    }
                }
            }
        }
    }

    /// Whether this incarnation of the node may have made the pid.
    public boolean isOurs(Pid pid) {
        return pid.creation() == creation && pid.node().equals(node);
    }
}
