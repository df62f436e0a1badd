package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Term;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChardataTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[];''",
                "<<\"text\">>;text",
                "[[97],32,\"is\",<<\" b\">>];a is b",
                "[<<\"a\">>|<<\"b\">>];ab",
                "[228,8364,128512];ä€😀",
                "[[[[<<\"deep\">>]]]];deep",
                // A character that is cut between two binaries.
                "[<<226>>,<<130,172>>];€"
            })
    void chardataIsText(String term, String text) {
        assertThat(Chardata.text(Term.parse(term))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "[a]",
                "{1,2}",
                "[-1]",
                "[1114112]",
                "[55296]",
                "<<255>>",
                "[<<226>>,130,172]",
                "[97|98]",
                "[1.5]"
            })
    void otherTermsAreNotText(String term) {
        assertThat(Chardata.text(Term.parse(term))).isNull();
    }

    @Test
    void integersUpTo255AreBytesUnlessThereAreLargerOnes() {
        assertThat(Chardata.bytes(Term.parse("[228,<<255>>,[0|<<1>>]]"))).containsExactly(228, 255, 0, 1);
        assertThat(Chardata.bytes(Term.parse("[228,[8364]]"))).isEqualTo("ä€".getBytes(StandardCharsets.UTF_8));
        assertThat(Chardata.bytes(Term.parse("[1,300]"))).isNull();
        assertThat(Chardata.bytes(Term.parse("[8364,<<255>>]"))).isNull();
    }
}
