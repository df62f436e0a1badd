package dev.pier.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MutatorTest {
    private static final byte[] INPUT = "an input of some length".getBytes(US_ASCII);
    private static final byte[] OTHER = "ANOTHER ONE".getBytes(US_ASCII);

    private static Mutator mutator(long seed) {
        return new Mutator(new Random(seed), List.of("WORD".getBytes(US_ASCII)));
    }

    @Test
    void makesTheSameInputsFromTheSameSeed() {
        Mutator first = mutator(1);
        Mutator second = mutator(1);
        for (int i = 0; i < 100; i++) {
            assertThat(first.mutate(INPUT, OTHER)).isEqualTo(second.mutate(INPUT, OTHER));
        }
    }

    @Test
    void makesManyDifferentInputs() {
        Mutator mutator = mutator(2);
        Set<String> mutants = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            mutants.add(new String(mutator.mutate(INPUT, OTHER), ISO_8859_1));
        }
        assertThat(mutants).hasSizeGreaterThan(900).anyMatch(text -> text.contains("WORD"));
    }

    @Test
    void mutatesAnEmptyInput() {
        Mutator mutator = mutator(3);
        for (int i = 0; i < 1000; i++) {
            mutator.mutate(new byte[0], new byte[0]);
        }
    }

    @Test
    void keepsInputsShort() {
        Mutator mutator = mutator(4);
        byte[] input = new byte[70_000];
        for (int i = 0; i < 100; i++) {
            assertThat(mutator.mutate(input, input).length).isLessThanOrEqualTo(65_536);
        }
    }
}
