package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.RandomTerms;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/// Random values go to Erlang and on to JSON, where Jackson's own parser finds them again.
class JsonWellFormedTest {
    private static final int ROUNDS = 3_000;
    private static final String[] TEXTS = {
        "",
        "a",
        "plain text of some length",
        "quote \" and \\ backslash",
        "line\nbreak\ttab\u0001\u001f\u007f",
        "grün",
        "€",
        "😀 and more",
        "1234567\"",
        "12345678\\",
        "ünder eight",
        "\u0000",
        "x".repeat(20_000),
        "é".repeat(9_000)
    };

    private final EtfValueMapper mapper =
            new EtfValueMapper(new EtfMapper(), JsonOptions.DEFAULT.withCharlistsAsText(false));
    private final EtfMapper etfMapper = new EtfMapper();
    private final JsonMapper json = new JsonMapper();

    private static @Nullable Object random(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 7 : 9)) {
            case 0 -> random.nextInt(600) - 300;
            case 1 -> random.nextInt();
            case 2 -> random.nextLong();
            case 3 -> random.nextDouble() * Math.pow(10, random.nextInt(40) - 20);
            case 4 -> random.nextBoolean();
            case 5 -> null;
            case 6 -> text(random);
            case 7 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(6); i > 0; i--) {
                    list.add(random(random, depth + 1));
                }
                yield list;
            }
            default -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(6); i > 0; i--) {
                    map.put(text(random), random(random, depth + 1));
                }
                yield map;
            }
        };
    }

    private static String text(Random random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    @Test
    void jacksonFindsEveryValueAgain() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < ROUNDS; round++) {
            Object value = random(random, 0);
            var etf = new EtfOutput(64);
            mapper.write(value, etf);
            var out = new ByteArrayOutputStream();
            mapper.writeJson(EncodedTerm.of(etf.toByteArray()), out);
            assertThat(json.readTree(out.toString(StandardCharsets.UTF_8)))
                    .as("round " + round)
                    .isEqualTo(json.readTree(json.writeValueAsString(value)));
        }
    }

    @Test
    void termsOfEveryKindAreJson() throws IOException {
        JsonMapper anyNumber = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNumberLength(1_000_000)
                                .build())
                        .build())
                .build();
        for (Term term : RandomTerms.withRecords(11).list(ROUNDS)) {
            var etf = new EtfOutput(64);
            mapper.write(term, etf);
            EncodedTerm encoded = EncodedTerm.of(etf.toByteArray());
            assertThat(mapper.read(encoded, Term.class)).isEqualTo(term);
            for (boolean option : new boolean[] {true, false}) {
                var out = new ByteArrayOutputStream();
                JsonOptions options =
                        JsonOptions.DEFAULT.withCharlistsAsText(option).withProplistsAsObjects(option);
                new EtfValueMapper(etfMapper, options).writeJson(encoded, out);
                assertThat(anyNumber.readTree(out.toByteArray())).isNotNull();
            }
        }
    }

    @Test
    void integersAtTheirBounds() throws IOException {
        long[] values = {
            0,
            9,
            10,
            99,
            100,
            255,
            256,
            -1,
            -10,
            999_999_999,
            1_000_000_000,
            Integer.MAX_VALUE,
            Integer.MIN_VALUE,
            Integer.MIN_VALUE + 1L,
            1L << 31,
            Long.MAX_VALUE,
            Long.MIN_VALUE
        };
        for (long value : values) {
            var etf = new EtfOutput(16);
            mapper.write(value, etf);
            var out = new ByteArrayOutputStream();
            mapper.writeJson(EncodedTerm.of(etf.toByteArray()), out);
            assertThat(out).hasToString(Long.toString(value));
        }
    }

    @Test
    void bytesInBase64AreWholeAtAnyLength() throws IOException {
        Random random = new Random(9);
        for (int length : new int[] {1, 2, 3, 3071, 3072, 3073, 6145, 100_000}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            bytes[0] = (byte) 0xff;
            var etf = new EtfOutput(64);
            mapper.write(bytes, etf);
            var out = new ByteArrayOutputStream();
            mapper.writeJson(EncodedTerm.of(etf.toByteArray()), out);
            assertThat(json.readValue(out.toByteArray(), byte[].class)).isEqualTo(bytes);
        }
    }
}
