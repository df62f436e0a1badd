package dev.pier.erlang.term;

import java.math.BigInteger;

/// An integer that fits into 64 bits; all others are a [BigIntegerTerm].
public record IntegerTerm(long value) implements Term {
    private static final int CACHED_BELOW = 256;
    private static final IntegerTerm[] BYTES = new IntegerTerm[CACHED_BELOW];

    static {
        for (int i = 0; i < CACHED_BELOW; i++) {
            BYTES[i] = new IntegerTerm(i);
        }
    }

    public static IntegerTerm of(long value) {
        return value >= 0 && value < CACHED_BELOW ? BYTES[(int) value] : new IntegerTerm(value);
    }

    /// An [IntegerTerm] where the value fits, else a [BigIntegerTerm].
    public static Term of(BigInteger value) {
        return value.bitLength() <= Long.SIZE - 1 ? of(value.longValue()) : new BigIntegerTerm(value);
    }

    @Override
    public int hashCode() {
        return Hash.of(value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
