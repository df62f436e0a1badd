package dev.pier.erlang.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.term.Term;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallExpressionTest {
    @Test
    void aCallHasTermsAsArguments() {
        assertThat(CallExpression.parse("lists:reverse([1,2,3])"))
                .isEqualTo(new CallExpression("lists", "reverse", List.of(Term.parse("[1,2,3]"))));
        assertThat(CallExpression.parse(" erlang : node ( ) . "))
                .isEqualTo(new CallExpression("erlang", "node", List.of()));
        assertThat(CallExpression.parse("'Elixir.My.Mod':'fun it\\'s'({a, <<\"b)\">>}, #{c => \"d\"})"))
                .isEqualTo(new CallExpression(
                        "Elixir.My.Mod",
                        "fun it's",
                        List.of(Term.parse("{a,<<\"b)\">>}"), Term.parse("#{c => \"d\"}"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "lists",
                "lists:reverse",
                "Lists:reverse([])",
                "lists:Reverse([])",
                "lists:reverse([])x",
                "lists:reverse([]), halt()",
                "lists:reverse(lists:seq(1,2))",
                "lists:reverse(X)",
                "lists:reverse(fun() -> ok end)",
                "lists:reverse(1 + 2)",
                "lists:reverse([1,2)",
                "lists:reverse(1|2)",
                "lists:reverse(1],[2)",
                "lists:reverse(1) , os:cmd(\"x\")"
            })
    void whatIsNoCallOfTermsIsRefused(String text) {
        assertThatThrownBy(() -> CallExpression.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
