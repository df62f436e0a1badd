package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import java.io.ByteArrayOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// A client's JSON on its way to Erlang, by the two ways there are: as a tree that is an argument, and token by
/// token into an [EtfGenerator].
class JsonInputTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final EtfValueMapper MAPPER = new EtfValueMapper();
    private static final EtfFactory ETF = new EtfFactory();

    private static String asTree(String json) {
        EtfOutput out = new EtfOutput(64);
        MAPPER.write(JSON.readTree(json), out);
        return EncodedTerm.of(out.toByteArray()).decode(DecodeLimits.DEFAULT).toString();
    }

    private static String asTokens(String json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonParser from = new JsonFactory().createParser(ObjectReadContext.empty(), json);
                JsonGenerator to = ETF.createGenerator(ObjectWriteContext.empty(), out)) {
            from.nextToken();
            to.copyCurrentStructure(from);
        }
        return TermDecoder.decodeExternal(out.toByteArray(), DecodeLimits.DEFAULT)
                .toString();
    }

    @Test
    void jsonBecomesTerms() {
        String json = "{\"name\":\"Grüße\",\"list\":[1,-2.5,true,null,[]],\"big\":123456789012345678901234567890}";
        String term = "#{<<\"name\">> => <<\"Grüße\"/utf8>>,<<\"list\">> => [1,-2.5,true,undefined,[]],"
                + "<<\"big\">> => 123456789012345678901234567890}";
        assertThat(asTree(json)).isEqualTo(term);
        assertThat(asTokens(json)).isEqualTo(term);
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                arguments("[".repeat(100_000), "nesting depth"),
                arguments("{\"a\":".repeat(100_000), "nesting depth"),
                arguments("9".repeat(1001), "1000"),
                arguments("1e" + "9".repeat(20), ""),
                arguments("1e999999999", ""),
                arguments("[\"\\ud800\"]", ""),
                arguments("{\"\\udc00\":1}", ""),
                arguments("[NaN]", "NaN"),
                arguments("[1,", ""));
    }

    @ParameterizedTest
    @MethodSource
    void hostile(String json, String message) {
        assertThatThrownBy(() -> asTokens(json)).satisfies(e -> isRefusal(e, message));
        assertThatThrownBy(() -> asTree(json)).satisfies(e -> isRefusal(e, message));
    }

    private static void isRefusal(Throwable e, String message) {
        assertThat(e).isInstanceOfAny(JacksonException.class, BadArgument.class).hasMessageContaining(message);
    }

    @Test
    void aRepeatedNameIsRefused() {
        assertThatThrownBy(() -> asTokens("[{\"a\":1,\"a\":2}]"))
                .isInstanceOf(BadArgument.class)
                .hasMessageContaining("a key of the map is repeated");
        // A tree has kept the last one.
        assertThat(asTree("[{\"a\":1,\"a\":2}]")).isEqualTo("[#{<<\"a\">> => 2}]");
    }

    @Test
    void aTreeThatIsTooDeepIsRefused() {
        JsonNode tree = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 100_000; i++) {
            ArrayNode around = JsonNodeFactory.instance.arrayNode();
            around.add(tree);
            tree = around;
        }
        JsonNode deep = tree;
        assertThatThrownBy(() -> MAPPER.write(deep, new EtfOutput(64)))
                .isInstanceOf(BadArgument.class)
                .hasMessageContaining("nested deeper than 500");
    }
}
