package dev.pier.erlang.term;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/// A list of integers from 0 to 255 that takes one byte per element, as STRING_EXT does. Immutable.
final class ByteList extends AbstractList<Term> implements RandomAccess {
    private final Binary bytes;

    ByteList(Binary bytes) {
        this.bytes = bytes;
    }

    /// The same elements, in compact form if all are bytes. Other lists are mostly recognized by their first
    /// element.
    static List<Term> compact(List<Term> elements) {
        if (elements instanceof ByteList || elements.isEmpty()) {
            return elements;
        }
        for (Term element : elements) {
            if (!isByte(element)) {
                return elements;
            }
        }
        byte[] bytes = new byte[elements.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ((IntegerTerm) elements.get(i)).value();
        }
        return new ByteList(Binary.owning(bytes));
    }

    private static boolean isByte(Term term) {
        return term instanceof IntegerTerm(long value) && value >= 0 && value <= 0xff;
    }

    Binary bytes() {
        return bytes;
    }

    @Override
    public Term get(int index) {
        return IntegerTerm.of(bytes.byteAt(Objects.checkIndex(index, bytes.size())));
    }

    @Override
    public int size() {
        return bytes.size();
    }
}
