package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.dist.NodeName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedNodesTest {
    @ParameterizedTest
    @CsvSource({
        "*, true",
        "*@host, true",
        "backend@host, true",
        "back*@h*t, true",
        "*@host*, true",
        "backend@hos, false",
        "ackend@host, false",
        "*@host.example, false",
        "*@hos., false",
        "back.*@host, false",
        "BACKEND@host, false"
    })
    void onlyAStarMatchesAnyCharacters(String pattern, boolean allowed) {
        assertThat(new AllowedNodes(List.of(pattern)).allows(NodeName.parse("backend@host")))
                .isEqualTo(allowed);
    }

    @Test
    void onePatternMustMatch() {
        assertThat(new AllowedNodes(List.of("a@b", "*@host")).allows(NodeName.parse("x@host")))
                .isTrue();
        assertThat(new AllowedNodes(List.of()).allows(NodeName.parse("x@host"))).isFalse();
    }
}
