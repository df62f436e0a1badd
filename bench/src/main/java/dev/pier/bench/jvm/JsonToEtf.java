package dev.pier.bench.jvm;

import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.JsonReader;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.JsonLimits;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON body as an encoded term: by Pier, and by Jackson with an encoding written by hand, from its tree and from its
/// tokens. Jackson looks for repeated names as well.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonToEtf {
    private static final Atom UNDEFINED = Atom.of("undefined");

    private final byte[] json = JsonRows.utf8();
    private final JsonFactory factory = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private final JsonMapper mapper = new JsonMapper(factory);

    @Benchmark
    public EtfOutput pierReadsJson() {
        EtfOutput out = new EtfOutput(json.length + json.length / 2);
        JsonReader.read(json, JsonLimits.DEFAULT, UNDEFINED, out);
        return out;
    }

    @Benchmark
    public EtfOutput jacksonReadsATree() {
        EtfOutput out = new EtfOutput(json.length + json.length / 2);
        encode(mapper.readTree(json), out);
        return out;
    }

    @Benchmark
    public EtfOutput jacksonReadsTokens() {
        EtfOutput out = new EtfOutput(json.length + json.length / 2);
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            encode(parser, out);
        }
        return out;
    }

    private static void encode(JsonNode node, EtfOutput out) {
        switch (node.getNodeType()) {
            case OBJECT -> {
                TermEncoder.encodeMapHeader(node.size(), out);
                for (Map.Entry<String, JsonNode> member : node.properties()) {
                    TermEncoder.encodeBinary(member.getKey(), out);
                    encode(member.getValue(), out);
                }
            }
            case ARRAY -> {
                TermEncoder.encodeListHeader(node.size(), out);
                for (JsonNode element : node) {
                    encode(element, out);
                }
                TermEncoder.encodeNil(out);
            }
            case STRING -> TermEncoder.encodeBinary(node.stringValue(), out);
            case BOOLEAN -> TermEncoder.encodeAtom(Atom.of(node.booleanValue()), out);
            case NUMBER -> {
                if (node.canConvertToLong() && node.isIntegralNumber()) {
                    TermEncoder.encodeLong(node.longValue(), out);
                } else if (node.isIntegralNumber()) {
                    TermEncoder.encodeBigInteger(node.bigIntegerValue(), out);
                } else {
                    TermEncoder.encodeDouble(node.doubleValue(), out);
                }
            }
            default -> TermEncoder.encodeAtom(UNDEFINED, out);
        }
    }

    private static void encode(JsonParser parser, EtfOutput out) {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                int head = out.size();
                TermEncoder.encodeMapHeader(0, out);
                int members = 0;
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    TermEncoder.encodeBinary(parser.currentName(), out);
                    parser.nextToken();
                    encode(parser, out);
                    members++;
                }
                out.set4(head + 1, members);
            }
            case START_ARRAY -> {
                int head = out.size();
                TermEncoder.encodeListHeader(1, out);
                int elements = 0;
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    encode(parser, out);
                    elements++;
                }
                if (elements == 0) {
                    out.truncate(head);
                } else {
                    out.set4(head + 1, elements);
                }
                TermEncoder.encodeNil(out);
            }
            case VALUE_STRING -> TermEncoder.encodeBinary(parser.getString(), out);
            case VALUE_TRUE -> TermEncoder.encodeAtom(Atom.TRUE, out);
            case VALUE_FALSE -> TermEncoder.encodeAtom(Atom.FALSE, out);
            case VALUE_NUMBER_INT -> {
                if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    TermEncoder.encodeBigInteger(parser.getBigIntegerValue(), out);
                } else {
                    TermEncoder.encodeLong(parser.getLongValue(), out);
                }
            }
            case VALUE_NUMBER_FLOAT -> TermEncoder.encodeDouble(parser.getDoubleValue(), out);
            default -> TermEncoder.encodeAtom(UNDEFINED, out);
        }
    }
}
