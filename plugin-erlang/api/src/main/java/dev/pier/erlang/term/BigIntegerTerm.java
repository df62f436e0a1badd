package dev.pier.erlang.term;

import java.math.BigInteger;

/// An integer that does not fit into 64 bits. [IntegerTerm#of(BigInteger)] picks the right kind.
public record BigIntegerTerm(BigInteger value) implements Term {
    /// @throws IllegalArgumentException if the value fits into a `long`, so that each integer has one form only
    public BigIntegerTerm {
        if (value.bitLength() < Long.SIZE) {
            throw new IllegalArgumentException(value + " fits into an IntegerTerm");
        }
    }

    @Override
    public int hashCode() {
        return Hash.of(value.toByteArray());
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
