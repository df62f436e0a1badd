package dev.pier.fuzz.targets;

import dev.pier.erlang.BadBody;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.JsonReader;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.term.Term;
import dev.pier.fuzz.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON text from a client, which becomes a term.
///
/// An accepted text is JSON for Jackson too, takes at most three times its bytes, and is the same term after it
/// has gone to JSON and back.
final class JsonTarget implements Target {
    static final String NAME = "json";

    private static final JsonLimits LIMITS = new JsonLimits(1 << 20, 100, 1000);
    private static final DecodeLimits DECODE = new DecodeLimits(100, 4 << 20, 2000, 1 << 20);
    private static final Atom NULL = Atom.of("null");

    private final JsonMapper jackson = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final EtfValueMapper mapper =
            new EtfValueMapper(new EtfMapper(), JsonOptions.DEFAULT.withCharlistsAsText(false));

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int shortRun() {
        return 20_000;
    }

    @Override
    public long maxAllocation(int inputLength) {
        return (4L << 20) + 2000L * inputLength;
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                utf8("{\"name\":\"Ann\",\"age\":30,\"tags\":[\"a\",\"ü€😀\"],\"next\":null,\"ok\":true,\"no\":false}"),
                utf8("[0,-0,1.5,-2e10,1E-3,123456789012345678901234567890,4.9e-324,1.7976931348623157e308]"),
                utf8("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00fc\\ud83d\\ude00\",\"0123456789abcdef\"]"),
                utf8("{\"0\":0,\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5,\"6\":6,\"7\":7,\"8\":8,\"9\":{\"0\":[]}}"),
                utf8("[[[[[[[[[[{\"a\":[{}]}]]]]]]]]]]"),
                utf8(" \n\t\"text\"\r "),
                utf8("{}"));
    }

    @Override
    public List<byte[]> dictionary() {
        return List.of(
                utf8("\"a\":"),
                utf8("\\u0061"),
                utf8("\\ud83d"),
                utf8("\\ude00"),
                utf8("null"),
                utf8("true"),
                utf8("1e400"),
                utf8("e-99999999999"),
                utf8("[[[["),
                utf8("]]]]"),
                new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean accepts(byte[] input) throws IOException {
        EtfOutput out = new EtfOutput(64);
        try {
            JsonReader.read(input, LIMITS, NULL, out);
        } catch (BadBody e) {
            boolean placed = e.line() > 0 && e.column() > 0;
            require(placed || e.kind() == BadBody.Kind.TOO_LARGE, "an error without a place");
            return false;
        }
        require(out.size() <= 3 * input.length + 16, "the term is more than three times its text");
        jackson.readTree(input);
        EncodedTerm encoded = EncodedTerm.of(out.toByteArray());
        Term term = encoded.decode(DECODE);
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        mapper.writeJson(encoded, json);
        EtfOutput again = new EtfOutput(64);
        JsonReader.read(json.toByteArray(), LIMITS, NULL, again);
        Term back = EncodedTerm.of(again.toByteArray()).decode(DECODE);
        require(back.equals(term), "the term changes on its way to JSON and back");
        return true;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
