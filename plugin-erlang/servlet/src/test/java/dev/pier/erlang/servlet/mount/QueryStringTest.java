package dev.pier.erlang.servlet.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryStringTest {
    @Test
    void namesAndValues() throws Exception {
        assertThat(QueryString.parse(null)).isEmpty();
        assertThat(QueryString.parse("")).isEmpty();
        assertThat(QueryString.parse("&&")).isEmpty();
        assertThat(QueryString.parse("a=1&b&=&c=x=y&d=%26+%2B&%C3%A4=%e2%82%ac"))
                .containsExactly(
                        entry("a", "1"),
                        entry("b", ""),
                        entry("", ""),
                        entry("c", "x=y"),
                        entry("d", "& +"),
                        entry("ä", "€"));
    }

    @Test
    void aNameSeveralTimesHasAList() throws Exception {
        assertThat(QueryString.parse("a=1&b=2&%61=3&a"))
                .containsExactly(entry("a", List.of("1", "3", "")), entry("b", "2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%1", "a=%", "a=%4", "%zz=1", "a=%ff", "a=%c3", "a=%ed%a0%80", "a=%+1"})
    void whatIsNotPercentEncodedUtf8(String query) {
        assertThatThrownBy(() -> QueryString.parse(query)).isInstanceOf(QueryString.Malformed.class);
    }
}
