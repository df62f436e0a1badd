package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random terms there and back, and the same with bytes changed at random.
class TermRoundTripTest {
    private static final long SEED = 20260101;
    private static final Atom[] CACHE = {Atom.of("cached")};
    private static final DecodeLimits LIMITS = new DecodeLimits(1000, 1 << 20, 5000, 10_000);

    @Test
    void everyTermComesBackAsItWent() {
        for (Term term : RandomTerms.ofEveryKind(SEED).list(20_000)) {
            byte[] bytes = TermEncoder.encode(term);
            EtfInput in = input(bytes);
            Term decoded = TermDecoder.decode(in);
            assertThat(decoded.equals(term)).as("%s", term).isTrue();
            assertThat(decoded.hashCode()).isEqualTo(term.hashCode());
            assertThat(in.remaining()).isZero();
            assertThat(TermEncoder.encode(decoded)).isEqualTo(bytes);
            EtfInput skipped = input(bytes);
            TermDecoder.skip(skipped);
            assertThat(skipped.remaining()).isZero();
        }
    }

    @Test
    void everyTermComesBackFromItsStoredForm() {
        for (Term term : RandomTerms.withRecords(SEED + 1).list(1000)) {
            assertThat((Object) TermDecoder.decodeExternal(TermEncoder.encodeExternal(term), LIMITS))
                    .isEqualTo(term);
        }
    }

    @Test
    void everyTruncationIsRefused() {
        for (Term term : RandomTerms.withRecords(SEED + 2).list(300)) {
            byte[] bytes = TermEncoder.encode(term);
            for (int length = 0; length < bytes.length; length += 1 + bytes.length / 500) {
                assertMalformed(Arrays.copyOf(bytes, length));
            }
        }
    }

    @Test
    void changedBytesAreATermOrMalformed() {
        var random = new Random(SEED + 3);
        List<byte[]> encoded = RandomTerms.withRecords(SEED + 3).list(2000).stream()
                .map(TermEncoder::encode)
                .filter(bytes -> bytes.length < 4000)
                .toList();
        int malformed = 0;
        int runs = 100_000;
        for (int run = 0; run < runs; run++) {
            byte[] bytes = mutate(encoded.get(random.nextInt(encoded.size())), encoded, random);
            malformed += decodesOrIsMalformed(bytes) ? 0 : 1;
        }
        // Both happen often, else the mutations test nothing.
        assertThat(malformed).isBetween(runs / 20, runs - runs / 20);
    }

    @Test
    void arbitraryBytesAreATermOrMalformed() {
        var random = new Random(SEED + 4);
        for (int run = 0; run < 200_000; run++) {
            byte[] bytes = new byte[1 + random.nextInt(40)];
            random.nextBytes(bytes);
            bytes[0] = (byte) (70 + random.nextInt(62));
            decodesOrIsMalformed(bytes);
        }
    }

    /// Whatever decodes must also encode, and then mean the same.
    private static boolean decodesOrIsMalformed(byte[] bytes) {
        Term term;
        try {
            term = TermDecoder.decode(input(bytes));
        } catch (MalformedTerm expected) {
            skipsOrIsMalformed(bytes);
            return false;
        }
        EtfInput skipped = input(bytes);
        TermDecoder.skip(skipped);
        byte[] again = TermEncoder.encode(term);
        assertThat((Object) TermDecoder.decode(input(again))).isEqualTo(term);
        assertThat(term.toString()).isNotEmpty();
        return true;
    }

    private static void skipsOrIsMalformed(byte[] bytes) {
        try {
            TermDecoder.skip(input(bytes));
        } catch (MalformedTerm expected) {
            assertThat(expected).hasMessageMatching("(?s).+");
        }
    }

    private static byte[] mutate(byte[] original, List<byte[]> others, Random random) {
        byte[] bytes = original.clone();
        for (int i = 1 + random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes[at] = (byte) (70 + random.nextInt(62));
                default -> {
                    byte[] other = others.get(random.nextInt(others.size()));
                    System.arraycopy(other, 0, bytes, at, Math.min(other.length, bytes.length - at));
                }
            }
        }
        return bytes;
    }

    private static void assertMalformed(byte[] bytes) {
        try {
            TermDecoder.decode(input(bytes));
        } catch (MalformedTerm expected) {
            return;
        }
        throw new AssertionError("decoded " + Arrays.toString(bytes));
    }

    private static EtfInput input(byte[] bytes) {
        return new EtfInput(bytes, 0, bytes.length, CACHE, LIMITS);
    }
}
