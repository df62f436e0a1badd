package dev.pier.sample.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.term.Term;
import dev.pier.sample.web.BadRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErlangTextTest {
    @Test
    void argumentsAreTheElementsOfAList() throws Exception {
        assertThat(ErlangText.arguments("")).isEmpty();
        assertThat(ErlangText.arguments("[]")).isEmpty();
        assertThat(ErlangText.arguments("[1, {ok, <<\"x\">>}, #{a => [true | undefined]}]."))
                .containsExactly(Term.parse("1"), Term.parse("{ok,<<\"x\">>}"), Term.parse("#{a => [true|undefined]}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[mine]",
                "[{ok, mine}]",
                "[[1, mine]]",
                "[[1 | mine]]",
                "[#{mine => 1}]",
                "[#{1 => mine}]",
                "['os:cmd']",
            })
    void anAtomThatIsNotAllowedIsRefusedAtAnyPosition(String text) {
        assertThatThrownBy(() -> ErlangText.arguments(text))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("is not allowed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{1, 2}            | the arguments must be a list",
                "[fun os:cmd/1]    | funs are not allowed",
                "[1,               | invalid Erlang term: ",
                "[1] [2]           | invalid Erlang term: ",
            })
    void otherTextIsRefusedWithAReason(String text, String reason) {
        assertThatThrownBy(() -> ErlangText.arguments(text))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining(reason);
    }

    @Test
    void theNestingOfTermsIsBounded() {
        assertThatThrownBy(() -> ErlangText.arguments("[".repeat(5000) + "]".repeat(5000)))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("at most 100 levels");
    }

    @Test
    void aStackTraceHasOneLinePerFrame() {
        Term trace = Term.parse("[{pier_sample,fail,1,[{file,\"pier_sample.erl\"},{line,31}]},"
                + "{lists,sum,[[1,2],<<\"x\">>],[]},{erl_eval,do_apply,6,[{file,\"erl_eval.erl\"}]},other]");

        assertThat(ErlangText.stack(trace).lines())
                .containsExactly(
                        "pier_sample:fail/1 (pier_sample.erl:31)",
                        "lists:sum([1,2], <<\"x\">>)",
                        "erl_eval:do_apply/6 (erl_eval.erl)",
                        "other");
    }
}
