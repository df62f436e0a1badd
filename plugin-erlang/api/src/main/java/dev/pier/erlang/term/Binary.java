package dev.pier.erlang.term;

import dev.pier.erlang.internal.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A binary: a sequence of whole bytes. Text in Erlang and Elixir is usually a binary of UTF-8.
public final class Binary implements Term {
    public static final Binary EMPTY = new Binary(new byte[0]);

    private final byte[] bytes;

    private Binary(byte[] bytes) {
        this.bytes = bytes;
    }

    /// A binary of the array itself. The caller gives up the array: it must not be written to any more.
    static Binary owning(byte[] bytes) {
        return new Binary(bytes);
    }

    /// A binary of a copy of the bytes.
    public static Binary of(byte... bytes) {
        return new Binary(bytes.clone());
    }

    /// A binary of a copy of a range of the bytes.
    public static Binary of(byte[] bytes, int offset, int length) {
        return new Binary(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /// A binary of the text in UTF-8.
    ///
    /// @throws IllegalArgumentException if the text has a lone surrogate
    public static Binary of(String text) {
        Text.requireNoLoneSurrogate(text);
        return new Binary(text.getBytes(StandardCharsets.UTF_8));
    }

    public int size() {
        return bytes.length;
    }

    /// The bytes themselves, not to be written to.
    byte[] array() {
        return bytes;
    }

    /// A copy of the bytes.
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /// @return 0 to 255
    public int byteAt(int index) {
        return bytes[index] & 0xff;
    }

    /// Copies all bytes to a position in `target`.
    public void copyTo(byte[] target, int position) {
        System.arraycopy(bytes, 0, target, position, bytes.length);
    }

    /// A read-only view of the bytes, without a copy.
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /// The text, if the bytes are valid UTF-8.
    public Optional<String> utf8() {
        return Optional.ofNullable(Utf8.decode(bytes, 0, bytes.length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Binary that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Hash.of(bytes);
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
