package dev.pier.erlang.term;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;
import java.util.RandomAccess;

/// A list of integers from 0 to 255 that takes a byte each: what STRING_EXT carries.
final class ByteList extends AbstractList<Term> implements RandomAccess {
    private final byte[] bytes;

    private ByteList(byte[] bytes) {
        this.bytes = bytes;
    }

    static ByteList copyOf(byte[] bytes, int offset, int length) {
        return new ByteList(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public Term get(int index) {
        return IntegerTerm.of(bytes[Objects.checkIndex(index, bytes.length)] & 0xff);
    }

    @Override
    public int size() {
        return bytes.length;
    }
}
