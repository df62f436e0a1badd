package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.BadBody;
import dev.pier.erlang.JsonText;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON text as terms, against [JsonCorpus] and with Jackson as the judge.
class JsonReaderTest {
    private static final JsonMapper JACKSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private record User(String name, int age, List<Double> marks) {}

    static Stream<JsonCorpus.Sample> corpus() {
        return JsonCorpus.all().stream();
    }

    /// The same JSON by the long way: Jackson's tree, and each of its values as a term.
    private static Term judged(JsonNode node) {
        if (node.isObject()) {
            List<Term> pairs = new ArrayList<>();
            node.properties().forEach(member -> {
                pairs.add(Binary.of(member.getKey()));
                pairs.add(judged(member.getValue()));
            });
            return MapTerm.ofPairs(pairs.toArray(Term[]::new));
        }
        if (node.isArray()) {
            return ListTerm.of(node.valueStream().map(JsonReaderTest::judged).toArray(Term[]::new));
        }
        return switch (node.getNodeType()) {
            case STRING -> Binary.of(node.stringValue());
            case BOOLEAN -> Atom.of(node.booleanValue());
            case NUMBER ->
                node.isIntegralNumber() ? IntegerTerm.of(node.bigIntegerValue()) : new FloatTerm(node.doubleValue());
            default -> Atom.of("undefined");
        };
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void eachTextIsAcceptedOrRefusedAsItsCategorySays(JsonCorpus.Sample sample) {
        if (sample.accepted()) {
            assertThat(Term.fromJson(sample.utf8())).isEqualTo(judged(JACKSON.readTree(sample.utf8())));
        } else {
            assertThatExceptionOfType(BadBody.class)
                    .isThrownBy(() -> Term.fromJson(sample.utf8()))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(BadBody.Kind.MALFORMED))
                    .satisfies(e -> assertThat(e.line()).isPositive())
                    .satisfies(e -> assertThat(e.column()).isPositive())
                    .satisfies(e -> assertThat(e.maybeExecuted()).isFalse());
        }
    }

    /// An array of the text has the same category, unless the text must stand alone.
    @ParameterizedTest
    @MethodSource("corpus")
    void aTextInAnArrayIsJudgedAsAlone(JsonCorpus.Sample sample) {
        if (!sample.name().contains("nest") && !sample.name().contains("array_no_comma")) {
            byte[] array = new byte[sample.utf8().length + 2];
            array[0] = '[';
            System.arraycopy(sample.utf8(), 0, array, 1, sample.utf8().length);
            array[array.length - 1] = ']';
            boolean becomesAnother = List.of("n_nothing", "n_space_only").contains(sample.name());
            if (sample.accepted() || becomesAnother) {
                assertThat(Term.fromJson(array)).isInstanceOf(ListTerm.class);
            } else {
                assertThatThrownBy(() -> Term.fromJson(array)).isInstanceOf(BadBody.class);
            }
        }
    }

    /// Each text cut short at each place, and with each place overwritten: nothing but [BadBody] is thrown, and what is
    /// accepted is what Jackson accepts, with the same value.
    @Test
    void textsThatAreCutOrChangedAreJudgedAsJacksonDoes() {
        Random random = new Random(20_261_126);
        int accepted = 0;
        for (JsonCorpus.Sample sample : JsonCorpus.all()) {
            byte[] text = sample.utf8().length > 200 ? Arrays.copyOf(sample.utf8(), 200) : sample.utf8();
            for (int i = 0; i < text.length; i++) {
                accepted += agree(Arrays.copyOf(text, i));
                byte[] changed = text.clone();
                changed[i] = (byte) "\"\\{}[]:,-+.eE0123456789tfn u\n\u00c3\u00bc".charAt(random.nextInt(31));
                accepted += agree(changed);
            }
        }
        assertThat(accepted).isGreaterThan(500);
    }

    private static int agree(byte[] text) {
        Term term;
        try {
            term = Term.fromJson(text);
        } catch (BadBody refused) {
            return 0;
        }
        try {
            assertThat(term).as(new String(text, StandardCharsets.UTF_8)).isEqualTo(judged(JACKSON.readTree(text)));
        } catch (JacksonException refused) {
            throw new AssertionError("Jackson refuses " + new String(text, StandardCharsets.UTF_8), refused);
        }
        return 1;
    }

    /// The short way for floats of few digits gives the same as the long one.
    @Test
    void floatsAreTheNearestOnes() {
        Random random = new Random(42);
        for (int i = 0; i < 50_000; i++) {
            long digits = random.nextLong() >>> random.nextInt(64);
            int scale = random.nextInt(60) - 30;
            String text = new BigDecimal(digits).scaleByPowerOfTen(scale).toString();
            if (text.contains(".") || text.contains("E")) {
                assertThat(Term.fromJson(text))
                        .as(text)
                        .isEqualTo(new FloatTerm(Double.parseDouble(text.replace("E+", "E"))));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '$', textBlock = """
            [1,                          | 1 | 4 | expected a value, but the text ends here
            [1 2]                        | 1 | 4 | expected ',' or ']'
            {"a":1,\\n  "b" 2}           | 2 | 7 | expected ':'
            ["ü€😀",x]                   | 1 | 8 | expected a value
            {"a":1,"a":2}                | 1 | 14 | the object that ends here has a name twice
            [01]                         | 1 | 2 | a number must not begin with 0
            [1e400]                      | 1 | 2 | a number that is too large for a float
            ["a\\\\ud800"]               | 1 | 4 | a lone surrogate
            ["a                          | 1 | 4 | the text has no closing quote
            [nil]                        | 1 | 2 | expected null
            [1]]                         | 1 | 4 | more text after the JSON value
            """)
    void anErrorNamesTheLineAndTheColumn(String json, int line, int column, String problem) {
        String text = json.replace("\\n", "\n").replace("\\\\", "\\");
        assertThatExceptionOfType(BadBody.class)
                .isThrownBy(() -> Term.fromJson(text))
                .withMessageStartingWith("not JSON: " + problem)
                .withMessageEndingWith("(line " + line + ", column " + column + ")")
                .satisfies(e -> assertThat(List.of(e.line(), e.column())).containsExactly(line, column));
    }

    @Test
    void limitsAreNamed() {
        JsonLimits limits = new JsonLimits(20, 2, 3);
        assertThat(Term.fromJson(utf8("[[123],\"123456789\"]"), limits)).isInstanceOf(ListTerm.class);
        assertThatThrownBy(() -> Term.fromJson(utf8("[[[1]]]"), limits)).hasMessageContaining("2 levels (limit depth)");
        assertThatThrownBy(() -> Term.fromJson(utf8("[1.234]"), limits)).hasMessageContaining("3 (limit digits)");
        assertThatExceptionOfType(BadBody.class)
                .isThrownBy(() -> Term.fromJson(utf8("\"" + "x".repeat(19) + "\""), limits))
                .withMessageContaining("20 bytes (limit bytes)")
                .satisfies(e -> assertThat(e.kind()).isEqualTo(BadBody.Kind.TOO_LARGE));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aStreamIsReadToItsEndOrToTheLimit() throws IOException {
        assertThat(Term.fromJson(new ByteArrayInputStream(utf8("[true]")))).isEqualTo(Term.parse("[true]"));
        try (ByteArrayInputStream large = new ByteArrayInputStream(new byte[3 << 20])) {
            assertThatThrownBy(() -> Term.fromJson(large)).hasMessageContaining("1048576 bytes");
            assertThat(large.available()).isEqualTo((2 << 20) - 1);
        }
    }

    @Test
    void textOfJavaMustBeUnicode() {
        assertThat(Term.fromJson("\"" + "ä".repeat(1 << 20) + "\"")).isInstanceOf(Binary.class);
        assertThatThrownBy(() -> Term.fromJson("\"\ud800\"")).isInstanceOf(BadBody.class);
    }

    /// Names whose hash codes are equal cost no more than others.
    @Test
    void collidingNamesAreFound() {
        StringBuilder json = new StringBuilder("{");
        int names = 1 << 14;
        for (int i = 0; i < names; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 14; bit++) {
                // Both pairs have the same polynomial hash code.
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            json.append('"').append(name).append("\":1,");
        }
        byte[] distinct = utf8(json + "\"x\":1}");
        assertThat(Term.fromJson(distinct)).isInstanceOf(MapTerm.class);
        byte[] repeated = utf8(json + "\"" + "Aa".repeat(14) + "\":1}");
        assertThatThrownBy(() -> Term.fromJson(repeated)).hasMessageContaining("a name twice");
    }

    @Test
    void anArgumentGoesFromBytesToBytes() {
        EtfValueMapper mapper = new EtfValueMapper();
        JsonText json = JsonText.of("{\"name\":\"Ann\",\"age\":30,\"marks\":[1.5,2]}");
        Term term = Term.parse("#{<<\"name\">> => <<\"Ann\">>,<<\"age\">> => 30,<<\"marks\">> => [1.5,2]}");
        assertThat(written(mapper, json)).isEqualTo(term);
        assertThat(written(mapper, List.of(json, Map.of("body", json))))
                .isEqualTo(ListTerm.of(term, MapTerm.ofPairs(Binary.of("body"), term)));
        record Request(String path, JsonText body) {}
        assertThat(written(mapper, new Request("/", json)).toString()).contains("path => <<\"/\">>", "body => #{<<\"");
    }

    @Test
    void aBadArgumentFailsWithItsPlace() {
        EtfValueMapper mapper = new EtfValueMapper();
        record Request(JsonText body) {}
        for (Object value :
                List.of(JsonText.of("[1,]"), List.of(1, JsonText.of("[1,]")), new Request(JsonText.of("[1,]")))) {
            assertThatExceptionOfType(BadBody.class)
                    .isThrownBy(() -> written(mapper, value))
                    .withMessageContaining("(line 1, column 4)");
        }
    }

    @Test
    void theValueIsReadAsAReplyIs() {
        EtfValueMapper mapper = new EtfValueMapper();
        EtfOutput out = new EtfOutput(64);
        mapper.write(JsonText.of("{\"name\":\"Ann\",\"age\":30,\"marks\":[1.5,2]}"), out);
        assertThat(mapper.read(EncodedTerm.of(out.toByteArray()), User.class))
                .isEqualTo(new User("Ann", 30, List.of(1.5, 2.0)));
    }

    private static Term written(EtfValueMapper mapper, Object value) {
        EtfOutput out = new EtfOutput(16);
        mapper.write(value, out);
        return EncodedTerm.of(out.toByteArray()).decode(DecodeLimits.DEFAULT);
    }
}
