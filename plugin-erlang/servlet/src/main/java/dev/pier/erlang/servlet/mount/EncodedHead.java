package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.internal.EncodedArgument;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The head of a request as a term, encoded while it is built: a map with atoms as keys, or a tuple of the
/// values. Text becomes binaries. For one thread.
///
/// The Erlang node looks up each atom that it receives, so a tuple is cheaper for it.
///
/// SPEC: erl_ext_dist
final class EncodedHead {
    private static final int FIRST_CAPACITY = 1024;
    private static final int INTEGER = 98;
    private static final int SMALL_TUPLE = 104;
    private static final int LARGE_TUPLE = 105;
    private static final int NIL = 106;
    private static final int LIST = 108;
    private static final int BINARY = 109;
    private static final int MAP = 116;
    private static final int SMALL_ATOM_UTF8 = 119;

    private final boolean hasKeys;
    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int size;
    private int values;

    private EncodedHead(boolean hasKeys) {
        this.hasKeys = hasKeys;
        writeHead(hasKeys ? MAP : LARGE_TUPLE, 0);
    }

    /// A map. Its keys must differ.
    static EncodedHead map() {
        return new EncodedHead(true);
    }

    /// A tuple of the values in the order in which they are put; the empty list stands for a missing one.
    static EncodedHead tuple() {
        return new EncodedHead(false);
    }

    /// A key of the map.
    static final class Key {
        private final byte[] encoded;

        private Key(byte[] encoded) {
            this.encoded = encoded;
        }

        /// @param name of at most 255 characters of ASCII
        static Key of(String name) {
            byte[] encoded = new byte[2 + name.length()];
            encoded[0] = SMALL_ATOM_UTF8;
            encoded[1] = (byte) name.length();
            System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, encoded, 2, name.length());
            return new Key(encoded);
        }
    }

    /// Adds the bytes that the container has read as these characters.
    ///
    /// @param text missing if it is `null`
    void putLatin1(Key key, @Nullable String text) {
        if (text == null) {
            putMissing(key);
        } else {
            put(key);
            writeLatin1(text);
        }
    }

    /// Leaves out the pair of a map, or adds the value of a tuple that stands for a missing one.
    void putMissing(Key key) {
        if (!hasKeys) {
            put(key);
            writeNil();
        }
    }

    /// Adds a text in UTF-8.
    void putUtf8(Key key, String text) {
        put(key);
        writeBinary(text.getBytes(StandardCharsets.UTF_8));
    }

    void putInteger(Key key, long number) {
        if (number == (int) number) {
            put(key);
            writeHead(INTEGER, (int) number);
        } else {
            putTerm(key, IntegerTerm.of(number));
        }
    }

    void putTerm(Key key, Term term) {
        put(key);
        byte[] external = term.encode();
        write(external, 1, external.length - 1);
    }

    /// Begins a list of pairs, which [#addPair] adds and [#endPairs] ends.
    ///
    /// @return for [#endPairs]
    int beginPairs(Key key) {
        put(key);
        int head = size;
        writeHead(LIST, 0);
        return head;
    }

    void addPair(String name, String value) {
        claim(2);
        bytes[size - 2] = SMALL_TUPLE;
        bytes[size - 1] = 2;
        writeLatin1(name);
        writeLatin1(value);
    }

    /// @param head of the list
    /// @param count how many pairs have been added
    void endPairs(int head, int count) {
        if (count == 0) {
            // Its end alone is the empty list.
            size = head;
        } else {
            set4(head + 1, count);
        }
        writeNil();
    }

    /// The term, to which nothing can be added any more.
    EncodedArgument toArgument() {
        set4(1, values);
        return new EncodedArgument(bytes, size);
    }

    private void put(Key key) {
        if (hasKeys) {
            write(key.encoded, 0, key.encoded.length);
        }
        values++;
    }

    private void writeNil() {
        claim(1);
        bytes[size - 1] = NIL;
    }

    private void writeLatin1(String text) {
        writeBinary(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void writeBinary(byte[] content) {
        writeHead(BINARY, content.length);
        write(content, 0, content.length);
    }

    private void writeHead(int tag, int number) {
        int start = claim(1 + Integer.BYTES);
        bytes[start] = (byte) tag;
        set4(start + 1, number);
    }

    private void write(byte[] source, int offset, int length) {
        int start = claim(length);
        System.arraycopy(source, offset, bytes, start, length);
    }

    /// @return where the claimed bytes begin
    private int claim(int length) {
        int start = size;
        if (bytes.length - start < length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, start + length));
        }
        size = start + length;
        return start;
    }

    private void set4(int position, int value) {
        bytes[position] = (byte) (value >>> 24);
        bytes[position + 1] = (byte) (value >>> 16);
        bytes[position + 2] = (byte) (value >>> 8);
        bytes[position + 3] = (byte) value;
    }
}
