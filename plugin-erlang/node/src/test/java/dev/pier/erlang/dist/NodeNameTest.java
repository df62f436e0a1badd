package dev.pier.erlang.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pier.erlang.term.Atom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeNameTest {
    @Test
    void aNameHasTwoParts() {
        NodeName name = NodeName.parse("web-1@10.0.0.1");
        assertThat(name.alive()).isEqualTo("web-1");
        assertThat(name.host()).isEqualTo("10.0.0.1");
        assertThat(name).hasToString("web-1@10.0.0.1");
        assertThat(name.atom()).isEqualTo(Atom.of("web-1@10.0.0.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "web|invalid node name 'web': it has no host (expected name@host)",
                "''|invalid node name '': it has no host (expected name@host)",
                "@host|invalid node name '@host': it has no name before the @",
                "web@|invalid node name 'web@': it has no host after the @",
                "a@b@c|invalid node name 'a@b@c': it has more than one @",
                "my web@host|invalid node name 'my web@host': it has a character that is not visible ASCII",
                "w\u00e4b@host|invalid node name 'w?b@host': it has a character that is not visible ASCII"
            })
    void anInvalidNameIsRefusedWithItsProblem(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeName.parse(text))
                .withMessage(message);
    }

    @Test
    void aNameIsNoLongerThanAnAtom() {
        assertThat(NodeName.parse("a".repeat(250) + "@host").toString()).hasSize(255);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeName.parse("a".repeat(10_000) + "@host"))
                .withMessageEndingWith("is longer than 255 characters")
                .satisfies(e -> assertThat(e).message().hasSizeLessThan(400));
    }
}
