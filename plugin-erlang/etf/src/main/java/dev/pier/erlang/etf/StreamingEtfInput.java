package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Reference;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// A cursor over a term that is still arriving. For one thread, which waits in [Source#next()] for missing bytes.
///
/// It buffers the bytes that have arrived and were not read yet: at most one part more than its caller requested at
/// once.
///
/// Hazard: the result of [#poll] shares the cursor's buffer, and is invalid after the next call.
public final class StreamingEtfInput {
    /// The source of the term's parts.
    public interface Source {
        /// Waits for the next part.
        ///
        /// @return `null` after the last part
        ///
        /// @throws dev.pier.erlang.ErlangException if it will not arrive
        @Nullable
        EncodedTerm next();
    }

    private static final int TOO_LARGE = -1;
    /// The bytes of a node's name and what follows it, at least; so the name's own length is among them.
    private static final int SHORTEST_IDENTITY = 3;

    private static final Atom[] NO_ATOMS = {};
    private static final byte[] NO_BYTES = {};

    private final Source source;
    private byte[] bytes = NO_BYTES;
    private int position;
    private int end;
    private Atom[] atoms = NO_ATOMS;

    /// How many bytes after the position [#poll] has scanned, and how many it may scan.
    private int ahead;

    private int limit;

    public StreamingEtfInput(Source source) {
        this.source = source;
    }

    /// A cursor over a term that has arrived completely.
    public static StreamingEtfInput of(EncodedTerm term) {
        StreamingEtfInput input = new StreamingEtfInput(() -> null);
        input.atoms = term.atoms();
        input.bytes = term.bytes();
        input.position = term.offset();
        input.end = term.offset() + term.length();
        return input;
    }

    /// The next byte, without moving the cursor.
    public int peek1() {
        need(1);
        return bytes[position] & 0xff;
    }

    public int read1() {
        need(1);
        return bytes[position++] & 0xff;
    }

    /// Reads a two-byte count.
    public int read2() {
        need(2);
        int value = unsigned2(0);
        position += 2;
        return value;
    }

    /// Reads a four-byte count. The counted elements need not have arrived.
    public long readCount() {
        need(4);
        long value = unsigned4(0);
        position += 4;
        return value;
    }

    /// Reads the next term if it has at most `max` bytes, and waits until it has arrived. A longer term stays, and
    /// only as much of it is awaited as is needed to determine that.
    ///
    /// @return the term, which is valid until the next call; `null` if it is longer
    public @Nullable EncodedTerm poll(int max) {
        ahead = 0;
        limit = max;
        long due = 1;
        while (due > 0) {
            long parts = scanOne();
            // Each term takes at least a byte.
            if (parts == TOO_LARGE || (due += parts - 1) > limit - ahead) {
                return null;
            }
        }
        EncodedTerm term = new EncodedTerm(bytes, position, ahead, atoms);
        position += ahead;
        return term;
    }

    /// Copies bytes as they arrive.
    public void copyTo(OutputStream out, long length) throws IOException {
        for (long left = length; left > 0; ) {
            need(1);
            int chunk = (int) Math.min(left, end - position);
            out.write(bytes, position, chunk);
            position += chunk;
            left -= chunk;
        }
    }

    /// @throws MalformedTerm if there are more bytes
    public void requireEnd() {
        if (position < end || pull()) {
            throw new MalformedTerm((end - position) + " bytes or more after the term");
        }
    }

    /// Moves `ahead` to the end of a scalar, or of the head of a container.
    ///
    /// @return how many terms the container holds, or [#TOO_LARGE]
    private long scanOne() {
        if (!reach(1)) {
            return TOO_LARGE;
        }
        TagLayout layout = TagLayout.of(at(0));
        if (layout == null) {
            throw new MalformedTerm("tag " + at(0) + ": expected a term");
        }
        int head = 1 + layout.header + layout.countBytes;
        if (!reach(head)) {
            return TOO_LARGE;
        }
        long count = countBefore(head, layout.countBytes);
        if (layout.count == TagLayout.Count.REFERENCE_WORDS && count > Reference.MAX_WORDS) {
            throw new MalformedTerm("a reference of " + count + " words");
        }
        long length = head + layout.bytes + layout.bytesEach * count;
        if (layout.node) {
            if (!reach(head + SHORTEST_IDENTITY)) {
                return TOO_LARGE;
            }
            length += nodeLength(head);
        }
        if (length > limit || !reach((int) length)) {
            return TOO_LARGE;
        }
        ahead += (int) length;
        return layout.terms + layout.termsEach * count;
    }

    /// The count whose last byte is before that offset.
    private long countBefore(int offset, int bytes) {
        return switch (bytes) {
            case 0 -> 0;
            case 1 -> at(offset - 1);
            case 2 -> unsigned2(ahead + offset - 2);
            default -> unsigned4(ahead + offset - 4);
        };
    }

    private int nodeLength(int offset) {
        int tag = at(offset);
        TagLayout layout = Tag.isAtom(tag) ? TagLayout.of(tag) : null;
        if (layout == null) {
            throw new MalformedTerm("tag " + tag + ": expected the name of a node");
        }
        int head = 1 + layout.countBytes;
        return head + layout.bytes + layout.bytesEach * (int) countBefore(offset + head, layout.countBytes);
    }

    private int at(int offset) {
        return bytes[position + ahead + offset] & 0xff;
    }

    /// Waits until `more` bytes after `ahead` have arrived.
    ///
    /// @return false if they are beyond the limit
    private boolean reach(int more) {
        if (more > limit - ahead) {
            return false;
        }
        need(ahead + more);
        return true;
    }

    private int unsigned2(int offset) {
        int at = position + offset;
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    private long unsigned4(int offset) {
        return (long) unsigned2(offset) << 16 | unsigned2(offset + 2);
    }

    private void need(int length) {
        while (end - position < length) {
            if (!pull()) {
                throw new MalformedTerm("truncated: " + length + " bytes needed, " + (end - position) + " left");
            }
        }
    }

    private boolean pull() {
        EncodedTerm part = source.next();
        if (part == null) {
            return false;
        }
        atoms = part.atoms();
        makeRoom(part.length());
        System.arraycopy(part.bytes(), part.offset(), bytes, end, part.length());
        end += part.length();
        return true;
    }

    private void makeRoom(int length) {
        int kept = end - position;
        int needed = Math.addExact(kept, length);
        byte[] target = needed <= bytes.length ? bytes : new byte[Math.max(needed, kept + 2 * length)];
        System.arraycopy(bytes, position, target, 0, kept);
        bytes = target;
        position = 0;
        end = kept;
    }
}
