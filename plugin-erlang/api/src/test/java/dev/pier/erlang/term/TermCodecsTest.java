package dev.pier.erlang.term;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

/// The API on its own, as in the unit tests of an application.
class TermCodecsTest {
    @Test
    void withoutTheImplementationTheMissingArtifactIsNamed() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(Atom.OK::encode)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("pier-etf");
            assertThatThrownBy(() -> Term.decode(new byte[0])).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> Term.decodeSafe(new byte[0], Set.of())).isInstanceOf(IllegalStateException.class);
        }
    }
}
