package dev.pier.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OutlineTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    @Test
    void objectsAreLinesAndFlatArraysTables() {
        assertThat(Outline.of(json("""
                {'version': '1.0', 'up': true, 'urls': ['http://a', 'http://b'], 'sessions': {}, 'reason': null,
                 'applications': [{'path': '/', 'state': 'serving'}, {'path': '/shop', 'state': 'failed', 'reason': 'no class'}],
                 'plugins': {'erlang': {'node': 'a@b', 'peers': [{'name': 'x', 'nodes': [{'node': 'n'}]}, {'name': 'y'}]}}}
                """))).isEqualTo("""
                version: 1.0
                up: true
                urls: http://a, http://b
                sessions: none
                reason: null
                applications:
                  path   state    reason
                  /      serving  -
                  /shop  failed   no class
                plugins:
                  erlang:
                    node: a@b
                    peers:
                      - name: x
                        nodes:
                          node
                          n
                      - name: y
                """);
    }

    @ParameterizedTest
    @CsvSource({"{}, ''", "[], ''", "7, 7", "'[1, [2]]', '- 1\n- - 2'"})
    void otherValuesAreWrittenAsWell(String value, String text) {
        assertThat(Outline.of(json(value)).strip()).isEqualTo(text.replace("\\n", "\n"));
    }

    @Test
    void controlCharactersAreEscaped() {
        assertThat(Outline.of(json("{'a\\u001bb': 'x\\ny\\u202ez', 'é': '\uD83D\uDE00'}")))
                .isEqualTo("a\\u001bb: x\\u000ay\\u202ez\né: \uD83D\uDE00\n");
    }

    @ParameterizedTest
    @CsvSource({"a, '{\"b.c\":{\"d\":1}}'", "a.b.c, '{\"d\":1}'", "a.b.c.d, 1", "a.d, ", "x, ", "a.b, "})
    void aPartIsFoundByItsPath(String path, String expected) {
        assertThat(Outline.part(json("{'a': {'b.c': {'d': 1}}}"), path).map(JsonNode::toString))
                .isEqualTo(Optional.ofNullable(expected));
    }
}
