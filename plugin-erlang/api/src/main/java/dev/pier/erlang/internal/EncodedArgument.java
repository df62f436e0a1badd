package dev.pier.erlang.internal;

/// An argument of a call that Pier's own code has encoded: one valid term, without the leading 131. It is sent as it
/// is. Immutable.
public final class EncodedArgument {
    private final byte[] bytes;
    private final int length;

    /// @param bytes not copied; must not be changed
    /// @param length how many of the bytes are the term
    public EncodedArgument(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    /// The bytes themselves, of which the first [#length] are the term.
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    @Override
    public String toString() {
        return "EncodedArgument[" + length + " bytes]";
    }
}
