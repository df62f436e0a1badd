package dev.pier.erlang.etf;

import dev.pier.erlang.BadArgument;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A growing byte array with the primitives of the external term format. For one thread.
public final class EtfOutput {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int size;
    private boolean nativeRecord;

    public EtfOutput(int capacity) {
        bytes = new byte[capacity];
    }

    public int size() {
        return size;
    }

    /// The array itself, of which the first [#size()] bytes are used. The caller may keep it if nothing is
    /// written any more.
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /// Discards the bytes after a position, such as those of an argument that could not be encoded.
    public void truncate(int newSize) {
        size = newSize;
        nativeRecord &= newSize > 0;
    }

    public void write1(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    public void write2(int value) {
        reserve(2);
        SHORT.set(bytes, size, (short) value);
        size += 2;
    }

    public void write4(int value) {
        reserve(4);
        INT.set(bytes, size, value);
        size += 4;
    }

    /// Appends a code point in UTF-8.
    public void writeUtf8(int codePoint) {
        if (codePoint < 0x80) {
            write1(codePoint);
        } else if (codePoint < 0x800) {
            write1(0xc0 | (codePoint >> 6));
            write1(0x80 | (codePoint & 0x3f));
        } else if (codePoint < 0x10000) {
            write1(0xe0 | (codePoint >> 12));
            write1(0x80 | ((codePoint >> 6) & 0x3f));
            write1(0x80 | (codePoint & 0x3f));
        } else {
            write1(0xf0 | (codePoint >> 18));
            write1(0x80 | ((codePoint >> 12) & 0x3f));
            write1(0x80 | ((codePoint >> 6) & 0x3f));
            write1(0x80 | (codePoint & 0x3f));
        }
    }

    void write8(long value) {
        reserve(8);
        LONG.set(bytes, size, value);
        size += 8;
    }

    /// Overwrites four bytes, such as a length that was not known when they were written.
    public void set4(int position, int value) {
        INT.set(bytes, position, value);
    }

    /// Reserves bytes, counts them as written, and returns their position in [#array()].
    int claim(int length) {
        reserve(length);
        int start = size;
        size += length;
        return start;
    }

    public void write(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    /// Appends what has been written to another output.
    public void write(EtfOutput other) {
        write(other.bytes, 0, other.size);
        nativeRecord |= other.nativeRecord;
    }

    /// Whether a native record was written. Only peers of OTP 29 and later read those.
    public boolean hasNativeRecord() {
        return nativeRecord;
    }

    /// Records that a native record is being written.
    public void noteNativeRecord() {
        nativeRecord = true;
    }

    public void write(byte[] source) {
        write(source, 0, source.length);
    }

    /// Reserves space, so that writing that many bytes grows the array at most once.
    void reserve(int more) {
        if (bytes.length - size < more) {
            // Doubling past 2^30 would overflow, and the exception of copyOf for a negative size would mislead.
            long needed = (long) size + more;
            if (needed > Integer.MAX_VALUE - 8) {
                throw new BadArgument("the encoded term is too large: more than 2 GiB");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, bytes.length * 2L)));
        }
    }
}
