package dev.pier.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void everyKindOfValueIsRead() throws Exception {
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
    void whatIsNoArrayIsRefusedInASentence(String text) {
        assertThatThrownBy(() -> JsonReader.array(text))
                .isInstanceOf(BadRequest.class)
                .hasMessageMatching("not JSON at character \\d+: .+|the body is a JSON array .+");
    }

    @Test
    void depthAndDigitsAreBounded() throws Exception {
        String deep = "[".repeat(JsonReader.MAX_DEPTH) + "]".repeat(JsonReader.MAX_DEPTH);
        assertThat(JsonReader.array(deep)).hasSize(1);
        assertThatThrownBy(() -> JsonReader.array("[" + deep + "]")).hasMessageContaining("nested 100 deep");
        assertThatThrownBy(() -> JsonReader.array("[".repeat(1_000_000))).hasMessageContaining("nested 100 deep");

        String long1000 = "9".repeat(JsonReader.MAX_DIGITS);
        assertThat(JsonReader.array("[" + long1000 + "]")).isEqualTo(List.of(new BigInteger(long1000)));
        assertThatThrownBy(() -> JsonReader.array("[" + long1000 + "9]")).hasMessageContaining("1000 digits");
    }

    @Test
    void termsAreWrittenOnOneLine() {
        SequencedMap<Term, Term> entries = new LinkedHashMap<>();
        entries.put(Atom.of("id"), IntegerTerm.of(-7));
        entries.put(Binary.of("name"), Binary.of("a \"b\"\n\u0001 ä"));
        entries.put(Atom.of("list"), ListTerm.of(Atom.TRUE, Atom.UNDEFINED, Atom.OK, new FloatTerm(0.5)));
        entries.put(Atom.of("big"), IntegerTerm.of(BigInteger.TWO.pow(64)));
        entries.put(Atom.of("empty"), ListTerm.of(MapTerm.EMPTY, ListTerm.EMPTY));
        StringBuilder json = new StringBuilder();

        JsonWriter.append(MapTerm.of(entries), json);

        assertThat(json)
                .hasToString("{\"id\":-7,\"name\":\"a \\\"b\\\"\\n\\u0001 ä\",\"list\":[true,null,\"ok\",0.5],"
                        + "\"big\":18446744073709551616,\"empty\":[{},[]]}");
    }
}
