package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Reference;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// A cursor over a term that is still arriving. For one thread, which waits in [Source#next()] for what it needs.
///
/// It holds what has arrived and was not taken yet: never more than one part beyond what its caller asked to see at
/// once.
///
/// The hazard: what [#poll] gives shares the cursor's buffer, and is gone with the next call.
public final class StreamingEtfInput {
    /// Where the parts of the term come from.
    public interface Source {
        /// The next part, waiting for it; `null` behind the last.
        ///
        /// @throws dev.pier.erlang.ErlangException if there will be none
        @Nullable
        EncodedTerm next();
    }

    private static final int TOO_LARGE = -1;
    private static final Atom[] NO_ATOMS = {};
    private static final byte[] NO_BYTES = {};

    private final Source source;
    private byte[] bytes = NO_BYTES;
    private int position;
    private int end;
    private Atom[] atoms = NO_ATOMS;

    /// How far [#poll] has looked beyond the position, and how far it may.
    private int ahead;

    private int limit;

    public StreamingEtfInput(Source source) {
        this.source = source;
    }

    /// A flow of one part that is there already.
    public static StreamingEtfInput of(EncodedTerm term) {
        StreamingEtfInput flow = new StreamingEtfInput(() -> null);
        flow.atoms = term.atoms();
        flow.bytes = term.bytes();
        flow.position = term.offset();
        flow.end = term.offset() + term.length();
        return flow;
    }

    /// The next byte, which stays.
    public int peek1() {
        need(1);
        return bytes[position] & 0xff;
    }

    public int read1() {
        need(1);
        return bytes[position++] & 0xff;
    }

    /// A two-byte count.
    public int read2() {
        need(2);
        int value = unsigned2(0);
        position += 2;
        return value;
    }

    /// A four-byte count of anything: nothing of it has to be there.
    public long readCount() {
        need(4);
        long value = unsigned4(0);
        position += 4;
        return value;
    }

    /// Takes the next term if it has no more than that many bytes, waiting until it is there. A longer one stays, and
    /// no more of it is waited for than it takes to tell.
    ///
    /// @return the term, to be used before the next call; `null` if it is longer
    public @Nullable EncodedTerm poll(int max) {
        ahead = 0;
        limit = max;
        long due = 1;
        while (due > 0) {
            long parts = scanOne();
            // Each term takes a byte at least.
            if (parts == TOO_LARGE || (due += parts - 1) > limit - ahead) {
                return null;
            }
        }
        EncodedTerm term = new EncodedTerm(bytes, position, ahead, atoms);
        position += ahead;
        return term;
    }

    /// Takes that many bytes as they come.
    public void copyTo(OutputStream out, long length) throws IOException {
        for (long left = length; left > 0; ) {
            need(1);
            int chunk = (int) Math.min(left, end - position);
            out.write(bytes, position, chunk);
            position += chunk;
            left -= chunk;
        }
    }

    /// @throws MalformedTerm if there is anything left
    public void requireEnd() {
        if (position < end || pull()) {
            throw new MalformedTerm((end - position) + " bytes or more behind the term");
        }
    }

    /// Moves `ahead` behind a leaf, or behind the head of something that has parts, and says how many.
    private long scanOne() {
        if (!reach(1)) {
            return TOO_LARGE;
        }
        int tag = bytes[position + ahead] & 0xff;
        return switch (tag) {
            case Tag.NIL -> leaf(1);
            case Tag.SMALL_INTEGER, Tag.ATOM_CACHE_REF -> leaf(2);
            case Tag.INTEGER -> leaf(5);
            case Tag.NEW_FLOAT -> leaf(9);
            case Tag.FLOAT -> leaf(32);
            case Tag.SMALL_ATOM_UTF8, Tag.SMALL_ATOM -> reach(2) ? leaf(2 + at(1)) : TOO_LARGE;
            case Tag.SMALL_BIG -> reach(2) ? leaf(3 + at(1)) : TOO_LARGE;
            case Tag.ATOM_UTF8, Tag.ATOM, Tag.STRING -> reach(3) ? leaf(3 + unsigned2(ahead + 1)) : TOO_LARGE;
            case Tag.BINARY -> reach(5) ? leaf(5 + unsigned4(ahead + 1)) : TOO_LARGE;
            case Tag.BIT_BINARY, Tag.LARGE_BIG -> reach(5) ? leaf(6 + unsigned4(ahead + 1)) : TOO_LARGE;
            case Tag.SMALL_TUPLE -> reach(2) ? head(2, at(1)) : TOO_LARGE;
            case Tag.LARGE_TUPLE -> reach(5) ? head(5, unsigned4(ahead + 1)) : TOO_LARGE;
            case Tag.LIST -> reach(5) ? head(5, unsigned4(ahead + 1) + 1) : TOO_LARGE;
            case Tag.MAP -> reach(5) ? head(5, unsigned4(ahead + 1) * 2) : TOO_LARGE;
            case Tag.EXPORT -> head(1, 3);
            // The size, the arity, 16 bytes, the index and the number of free variables; then module, two integers and
            // creator, and the variables.
            case Tag.NEW_FUN -> reach(30) ? head(30, unsigned4(ahead + 26) + 4) : TOO_LARGE;
            default -> scanIdentity(tag);
        };
    }

    private long scanIdentity(int tag) {
        return switch (tag) {
            case Tag.NEW_PID, Tag.V4_PORT -> identity(1, 12);
            case Tag.OLD_PID -> identity(1, 9);
            case Tag.NEW_PORT -> identity(1, 8);
            case Tag.OLD_PORT, Tag.OLD_REFERENCE -> identity(1, 5);
            case Tag.NEWER_REFERENCE -> reach(3) ? identity(3, 4 + 4 * words()) : TOO_LARGE;
            case Tag.NEW_REFERENCE -> reach(3) ? identity(3, 1 + 4 * words()) : TOO_LARGE;
            default -> throw new MalformedTerm("tag " + tag + " where a term should be");
        };
    }

    private int words() {
        int words = unsigned2(ahead + 1);
        if (words > Reference.MAX_WORDS) {
            throw new MalformedTerm("a reference of " + words + " words");
        }
        return words;
    }

    /// What begins with the name of a node.
    private long identity(int before, int behind) {
        if (!reach(before + 3)) {
            return TOO_LARGE;
        }
        int name = switch (at(before)) {
            case Tag.ATOM_CACHE_REF -> 2;
            case Tag.SMALL_ATOM_UTF8, Tag.SMALL_ATOM -> 2 + at(before + 1);
            case Tag.ATOM_UTF8, Tag.ATOM -> 3 + unsigned2(ahead + before + 1);
            default -> throw new MalformedTerm("tag " + at(before) + " where the name of a node should be");
        };
        return leaf(before + name + behind);
    }

    private int at(int offset) {
        return bytes[position + ahead + offset] & 0xff;
    }

    private long leaf(long length) {
        return length <= limit && reach((int) length) ? head((int) length, 0) : TOO_LARGE;
    }

    private long head(int length, long parts) {
        ahead += length;
        return parts;
    }

    /// Waits until that many bytes are there beyond `ahead`; not if they are beyond the limit.
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
                throw new MalformedTerm("truncated: " + length + " bytes wanted, " + (end - position) + " left");
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
