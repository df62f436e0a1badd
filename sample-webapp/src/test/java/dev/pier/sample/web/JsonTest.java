package dev.pier.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void objectsAreWrittenOnOneLine() {
        Json json = Json.object()
                .put("id", -7)
                .put("name", "a \"b\" \\ \r\n\t\u0001 ä")
                .put("none", (String) null)
                .put("yes", true)
                .put("half", 0.5)
                .put("inner", Json.object().putJson("list", "[1]"));

        assertThat(json)
                .hasToString("{\"id\":-7,\"name\":\"a \\\"b\\\" \\\\ \\r\\n\\t\\u0001 ä\",\"none\":null,"
                        + "\"yes\":true,\"half\":0.5,\"inner\":{\"list\":[1]}}");
        assertThat(Term.fromJson(json.toString()))
                .isInstanceOfSatisfying(
                        MapTerm.class,
                        map -> assertThat(map.get(Binary.of("name"))).hasValue(Binary.of("a \"b\" \\ \r\n\t\u0001 ä")));
    }
}
