package dev.pier.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes new inputs from known ones. The same random numbers make the same inputs.
final class Mutator {
    private static final int MAX_EDITS = 6;
    private static final int MAX_PIECE = 64;
    private static final int MAX_LENGTH = 1 << 16;

    /// Numbers at which readers tend to fail: limits of types, signs and lengths.
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        0x7f,
        0x80,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xffff,
        0x10000,
        0x7fffffffL,
        0x80000000L,
        0xfffffff0L,
        0xffffffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1
    };

    private final RandomGenerator random;
    private final List<byte[]> dictionary;

    Mutator(RandomGenerator random, List<byte[]> dictionary) {
        this.random = random;
        this.dictionary = dictionary;
    }

    /// @param other another known input, of which a piece may be taken
    byte[] mutate(byte[] input, byte[] other) {
        byte[] mutant = input;
        for (int edits = random.nextInt(1, MAX_EDITS + 1); edits > 0; edits--) {
            mutant = edit(mutant, other);
        }
        return mutant.length <= MAX_LENGTH ? mutant : Arrays.copyOf(mutant, MAX_LENGTH);
    }

    private byte[] edit(byte[] input, byte[] other) {
        int at = random.nextInt(input.length + 1);
        return switch (random.nextInt(8)) {
            case 0 -> flipBit(input);
            case 1 -> overwrite(input, at, number());
            case 2 -> splice(input, at, at, number());
            case 3 -> splice(input, at, at, randomBytes());
            case 4 -> splice(input, at, end(input, at), new byte[0]);
            case 5 -> splice(input, at, at, piece(input));
            case 6 -> splice(input, at, end(input, at), piece(other));
            default -> splice(input, at, at, word());
        };
    }

    private byte[] flipBit(byte[] input) {
        byte[] mutant = input.clone();
        if (mutant.length > 0) {
            mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return mutant;
    }

    /// One of [#NUMBERS], with the most significant byte first, in 1, 2, 4 or 8 bytes.
    private byte[] number() {
        long value = NUMBERS[random.nextInt(NUMBERS.length)];
        byte[] bytes = new byte[1 << random.nextInt(4)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (value >> (Byte.SIZE * (bytes.length - 1 - i)));
        }
        return bytes;
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[random.nextInt(1, MAX_PIECE)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] word() {
        return dictionary.isEmpty() ? randomBytes() : dictionary.get(random.nextInt(dictionary.size()));
    }

    private byte[] piece(byte[] input) {
        int from = random.nextInt(input.length + 1);
        return Arrays.copyOfRange(input, from, end(input, from));
    }

    /// The end of a piece that starts at `from`; short pieces are the most frequent.
    private int end(byte[] input, int from) {
        return Math.min(input.length, from + random.nextInt(1 + random.nextInt(1, MAX_PIECE)));
    }

    private static byte[] overwrite(byte[] input, int at, byte[] bytes) {
        return splice(input, at, Math.min(input.length, at + bytes.length), bytes);
    }

    /// The input with the bytes `from` to `to` replaced.
    private static byte[] splice(byte[] input, int from, int to, byte[] replacement) {
        byte[] mutant = new byte[input.length - (to - from) + replacement.length];
        System.arraycopy(input, 0, mutant, 0, from);
        System.arraycopy(replacement, 0, mutant, from, replacement.length);
        System.arraycopy(input, to, mutant, from + replacement.length, input.length - to);
        return mutant;
    }
}
