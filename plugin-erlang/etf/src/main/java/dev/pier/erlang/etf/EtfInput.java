package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A cursor over the bytes of one frame or term. For one thread.
///
/// Hazard: a claimed length is untrusted. [#arity] and [#length] check it against the remaining bytes, so nothing
/// is allocated for bytes that do not exist.
public final class EtfInput {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int CHECKPOINT_BYTES = 64 << 10;

    private final byte[] bytes;
    private final int end;
    private final Atom[] atoms;
    private final DecodeLimits limits;
    private final @Nullable Runnable checkpoint;
    /// Up to here bytes may be read before the next checkpoint.
    private int ready;

    private int position;
    private int depth;
    private int atomsSeen;

    /// @param atoms the atoms of the cache references 0, 1, … of this frame
    /// @throws MalformedTerm if there are more bytes than the limits permit
    public EtfInput(byte[] bytes, int offset, int length, Atom[] atoms, DecodeLimits limits) {
        this(bytes, offset, length, atoms, limits, null);
    }

    /// @param checkpoint is run about every 64 KiB, and may throw to end the decoding
    EtfInput(byte[] bytes, int offset, int length, Atom[] atoms, DecodeLimits limits, @Nullable Runnable checkpoint) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > limits.bytes()) {
            throw new MalformedTerm("a term of " + length + " bytes, at most " + limits.bytes() + " (limit bytes)");
        }
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
        this.atoms = atoms;
        this.limits = limits;
        this.checkpoint = checkpoint;
        this.ready = checkpoint == null ? end : Math.min(end, offset + CHECKPOINT_BYTES);
    }

    public byte[] bytes() {
        return bytes;
    }

    public int position() {
        return position;
    }

    /// Moves the cursor to a position where it has been, to read the bytes there again.
    public void seek(int visited) {
        position = Objects.checkIndex(visited, end + 1);
    }

    public int remaining() {
        return end - position;
    }

    public Atom[] atoms() {
        return atoms;
    }

    public DecodeLimits limits() {
        return limits;
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

    public int read2() {
        need(2);
        int value = (short) SHORT.get(bytes, position) & 0xffff;
        position += 2;
        return value;
    }

    public int read4() {
        need(4);
        int value = (int) INT.get(bytes, position);
        position += 4;
        return value;
    }

    public long read8() {
        need(8);
        long value = (long) LONG.get(bytes, position);
        position += 8;
        return value;
    }

    /// Skips bytes, and returns the position of the first one.
    public int skip(int length) {
        need(length);
        int start = position;
        position += length;
        return start;
    }

    /// Reads a four-byte count of elements that take at least `bytesEach` bytes each.
    public int arity(int bytesEach) {
        return claimed(bytesEach, "elements");
    }

    /// Reads a four-byte length, of which all bytes must exist.
    public int length() {
        return claimed(1, "bytes");
    }

    private int claimed(int bytesEach, String what) {
        long claimed = Integer.toUnsignedLong(read4());
        if (claimed * bytesEach > remaining()) {
            throw new MalformedTerm(
                    claimed + " " + what + " claimed at byte " + (position - 4) + ", " + remaining() + " bytes left");
        }
        return (int) claimed;
    }

    /// The atom of a cache reference.
    public Atom cachedAtom(int index) {
        if (index >= atoms.length) {
            throw new MalformedTerm("atom cache reference " + index + " in a frame with " + atoms.length + " atoms");
        }
        return atoms[index];
    }

    /// Counts an atom towards the limit.
    void countAtom() {
        if (++atomsSeen > limits.atoms()) {
            throw new MalformedTerm("more than " + limits.atoms() + " atoms in one term (limit atoms)");
        }
    }

    /// Enters a container; every call is matched by [#leave()].
    public void enter() {
        if (++depth > limits.depth()) {
            throw new MalformedTerm("nested deeper than " + limits.depth() + " (limit depth)");
        }
    }

    public void leave() {
        depth--;
    }

    private void awaitReady(int length) {
        if (length > end - position) {
            throw new MalformedTerm(
                    "truncated: " + length + " bytes needed at byte " + position + ", " + (end - position) + " left");
        }
        if (checkpoint != null) {
            checkpoint.run();
        }
        ready = (int) Math.min(end, (long) position + length + CHECKPOINT_BYTES);
    }

    private void need(int length) {
        if (length > ready - position) {
            awaitReady(length);
        }
    }
}
