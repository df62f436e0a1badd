package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Term;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EncodedTermTest {
    private static final Atom[] NO_ATOMS = {};
    private static final Term TERM = Term.parse("{x,<<\"some text\">>}");

    private static EncodedTerm within(int foreign, byte[] term) {
        byte[] shared = new byte[foreign + term.length];
        System.arraycopy(term, 0, shared, foreign, term.length);
        return new EncodedTerm(shared, foreign, term.length, NO_ATOMS);
    }

    @Test
    void aTermRetainsTheArrayThatItShares() {
        byte[] encoded = TermEncoder.encode(TERM);
        assertThat(EncodedTerm.of(encoded).retainedBytes()).isEqualTo(encoded.length);
        assertThat(within(1 << 20, encoded).retainedBytes()).isEqualTo((1 << 20) + encoded.length);
    }

    @Test
    void aTermRetainsItsAtoms() {
        Atom[] atoms = IntStream.range(0, 255)
                .mapToObj(i -> Atom.of("a".repeat(250) + i))
                .toArray(Atom[]::new);
        byte[] reference = {Tag.ATOM_CACHE_REF, 0};
        assertThat(new EncodedTerm(reference, 0, 2, atoms).retainedBytes()).isGreaterThan(255 * 250);
    }

    @Test
    void aSmallTermLeavesALargeArray() {
        EncodedTerm compact = within(1 << 20, TermEncoder.encode(TERM)).compact();
        assertThat(compact.retainedBytes()).isEqualTo(compact.length());
        assertThat(compact.decode(DecodeLimits.DEFAULT)).isEqualTo(TERM);
    }

    @Test
    void aTermThatFillsMostOfItsArrayIsNotCopied() {
        EncodedTerm large = within(60_000, TermEncoder.encode(Binary.of(new byte[100_000])));
        assertThat(large.compact()).isSameAs(large);
        EncodedTerm inSmallFrame = within(100, TermEncoder.encode(TERM));
        assertThat(inSmallFrame.compact()).isSameAs(inSmallFrame);
    }
}
