package dev.pier.sample.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void everyKindOfValueIsParsed() throws Exception {
        assertThat(JsonReader.array(" [ ] ")).isEmpty();
        assertThat(JsonReader.array(
                        "[0,-1,9223372036854775807,9223372036854775808,1.5,-2E+3,1e-2,true,false,null,\"x\",[],{}]"))
                .isEqualTo(Arrays.asList(
                        0L,
                        -1L,
                        Long.MAX_VALUE,
                        BigInteger.TWO.pow(63),
                        1.5,
                        -2000.0,
                        0.01,
                        true,
                        false,
                        null,
                        "x",
                        List.of(),
                        Map.of()));
        assertThat(JsonReader.array("[{\"a\":[{\"b\":1}],\"\":2}]"))
                .isEqualTo(List.of(Map.of("a", List.of(Map.of("b", 1L)), "", 2L)));
        assertThat(JsonReader.array("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00 ä\"]"))
                .isEqualTo(List.of("\"\\/\b\f\n\r\tä😀 ä"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "{}",
                "null",
                "[",
                "[1",
                "[1,",
                "[1,]",
                "[,1]",
                "[1 2]",
                "]",
                "[]]",
                "[\"a]",
                "[\"\\x\"]",
                "[\"\\u12g4\"]",
                "[\"\\ud83d\"]",
                "[\"\\ude00\\ud83d\"]",
                "[\"\t\"]",
                "[01]",
                "[-]",
                "[+1]",
                "[1.]",
                "[.5]",
                "[1e]",
                "[1e400]",
                "[NaN]",
                "[tru]",
                "[nul]",
                "[{\"a\"}]",
                "[{a:1}]",
                "[{\"a\":1,}]",
                "[{\"a\":1,\"a\":2}]",
                "[\"\\u٣٣٣٣\"]",
                "[٣]",
                "[\0]"
            })
    void textThatIsNotOneArrayIsRefusedWithItsPosition(String text) {
        assertThatThrownBy(() -> JsonReader.array(text))
                .isInstanceOf(BadRequest.class)
                .hasMessageMatching("invalid JSON at character \\d+: .+|the body must be a JSON array .+");
    }

    @Test
    void depthAndDigitsAreBounded() throws Exception {
        String deep = "[".repeat(JsonReader.MAX_DEPTH) + "]".repeat(JsonReader.MAX_DEPTH);
        assertThat(JsonReader.array(deep)).hasSize(1);
        assertThatThrownBy(() -> JsonReader.array("[" + deep + "]")).hasMessageContaining("at most 100 levels");
        assertThatThrownBy(() -> JsonReader.array("[".repeat(1_000_000))).hasMessageContaining("at most 100 levels");

        String long1000 = "9".repeat(JsonReader.MAX_DIGITS);
        assertThat(JsonReader.array("[" + long1000 + "]")).isEqualTo(List.of(new BigInteger(long1000)));
        assertThatThrownBy(() -> JsonReader.array("[" + long1000 + "9]")).hasMessageContaining("1000 digits");
    }

    @Test
    void objectsAreWrittenOnOneLine() throws Exception {
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
        assertThat(JsonReader.object(json.toString())).containsEntry("name", "a \"b\" \\ \r\n\t\u0001 ä");
    }
}
