package dev.pier.erlang.term;

/// A bitstring whose number of bits is not a multiple of eight; all others are a [Binary].
///
/// @param bytes the bytes; the unused bits of the last one are zero
/// @param lastBits how many bits of the last byte are used, from its high end: 1 to 7
public record Bitstring(Binary bytes, int lastBits) implements Term {
    public Bitstring {
        if (bytes.size() == 0 || lastBits < 1 || lastBits > 7) {
            throw new IllegalArgumentException(
                    "a bitstring has at least one byte, and 1 to 7 bits in the last one, not " + lastBits);
        }
        int last = bytes.asByteBuffer().get(bytes.size() - 1) & 0xff;
        if ((last & (0xff >>> lastBits)) != 0) {
            byte[] masked = bytes.toByteArray();
            masked[masked.length - 1] = (byte) (last & ~(0xff >>> lastBits));
            bytes = Binary.of(masked);
        }
    }

    public long bitSize() {
        return (bytes.size() - 1) * 8L + lastBits;
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
