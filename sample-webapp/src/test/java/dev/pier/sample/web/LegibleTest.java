package dev.pier.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Term;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegibleTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<<\"Grüße\"/utf8>>     | Grüße",
                "\"Hello\"              | Hello",
                "[71,114,252,223,101]   | Grüße",
                "[128512]               | 😀",
                "'an atom'              | an atom",
                "{any,[term]}           | {any,[term]}",
                "<<255,0>>              | <<255,0>>",
                "[]                     | []",
                "[1,2,3]                | [1,2,3]",
                "[72,55296]             | [72,55296]",
                "[72,-1]                | [72,-1]",
                "[72,4294967368]        | [72,4294967368]",
                "[72,ok]                | [72,ok]",
            })
    void textIsShownAsTextAndOtherTermsAsErlangPrintsThem(String term, String legible) {
        assertThat(Legible.of(Term.parse(term))).isEqualTo(legible);
    }
}
