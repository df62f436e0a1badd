package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {
    private static final Atom NODE = Atom.of("web@localhost");
    private final Identifiers identifiers = new Identifiers(NODE, 7);

    /// Including 2^18 and 2^28, where other implementations wrap around.
    @ParameterizedTest
    @ValueSource(
            longs = {
                1,
                (1 << 18) - 1,
                1 << 18,
                (1 << 28) - 1,
                1 << 28,
                (1L << 32) - 1,
                1L << 32,
                (1L << 50) - 1,
                1L << 50,
                1L << 62
            })
    void eachNumberHasItsOwnPidAndReference(long number) {
        Pid pid = identifiers.pid(number);
        assertThat(identifiers.isOurs(pid)).isTrue();
        assertThat(Identifiers.number(pid)).isEqualTo(number);
        Reference reference = identifiers.reference(number);
        assertThat(identifiers.number(reference)).isEqualTo(number);
        assertThat(reference.word(0)).as("the bits that all nodes support").isBetween(0, (1 << 18) - 1);
    }

    @Test
    void noneIsMadeTwice() {
        Set<Object> given = new HashSet<>();
        for (int i = 0; i < 300_000; i++) {
            given.add(identifiers.nextPid());
            given.add(identifiers.nextReference());
        }
        assertThat(given).hasSize(600_000);
    }

    /// A peer that has been sent one of them must not be able to guess the next.
    @Test
    void referencesCannotBeGuessed() {
        Set<Long> differences = new HashSet<>();
        long before = identifiers.number(identifiers.nextReference());
        for (int i = 0; i < 1_000; i++) {
            long next = identifiers.number(identifiers.nextReference());
            differences.add((next - before) >>> 32);
            before = next;
        }
        assertThat(differences).hasSizeGreaterThan(990);
    }

    @Test
    void thoseOfOtherNodesAndIncarnationsAreRecognized() {
        for (Identifiers others :
                new Identifiers[] {new Identifiers(NODE, 8), new Identifiers(Atom.of("other@localhost"), 7)}) {
            assertThat(identifiers.isOurs(others.nextPid())).isFalse();
            assertThat(identifiers.number(others.nextReference())).isZero();
        }
    }
}
