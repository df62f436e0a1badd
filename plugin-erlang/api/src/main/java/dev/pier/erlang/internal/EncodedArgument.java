package dev.pier.erlang.internal;

/// An argument of a call that Pier's own code has encoded: one valid term, without the leading 131. It is sent as it is.
///
/// @param bytes not copied; must not be changed
/// @param length how many of the bytes are the term
public record EncodedArgument(byte[] bytes, int length) {
    @Override
    public String toString() {
        return "EncodedArgument[" + length + " bytes]";
    }
}
