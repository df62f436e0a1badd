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
                "web|the node name 'web' has no host: a node is called name@host",
                "''|the node name '' has no host: a node is called name@host",
                "@host|the node name '@host' has nothing before the @",
                "web@|the node name 'web@' has no host after the @",
                "a@b@c|the node name 'a@b@c' has more than one @",
                "my web@host|the node name 'my web@host' has a character that is not visible ASCII",
                "w\u00e4b@host|the node name 'w?b@host' has a character that is not visible ASCII"
            })
    void whatIsWrongIsSaid(String text, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeName.parse(text))
                .withMessage(sentence);
    }

    @Test
    void aNameIsAnAtomAndNoLonger() {
        assertThat(NodeName.parse("a".repeat(250) + "@host").toString()).hasSize(255);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeName.parse("a".repeat(10_000) + "@host"))
                .withMessageEndingWith("is longer than 255 characters")
                .satisfies(e -> assertThat(e).message().hasSizeLessThan(400));
    }
}
