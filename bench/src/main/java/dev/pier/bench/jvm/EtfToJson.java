package dev.pier.bench.jvm;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.JsonReader;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.jackson.EtfFactory;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// An encoded term as JSON: by Pier's writer, and by Pier's parser for Jackson with Jackson's own generator, token by
/// token and without a tree. The keys of the rows are atoms, as Erlang's maps usually have them.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EtfToJson {
    private static final int ROOM = 64 << 10;

    private final EtfValueMapper mapper = new EtfValueMapper();
    private final EtfFactory etf = new EtfFactory();
    private final JsonFactory json = new JsonFactory();
    private final EncodedTerm rows = rows();

    private static EncodedTerm rows() {
        EtfOutput out = new EtfOutput(ROOM);
        JsonReader.read(JsonRows.utf8(), JsonLimits.DEFAULT, Atom.of("undefined"), out);
        Term read = TermDecoder.decodeExternal(external(out), DecodeLimits.DEFAULT);
        return EncodedTerm.of(withAtoms(read));
    }

    private static byte[] external(EtfOutput term) {
        EtfOutput out = new EtfOutput(ROOM);
        out.write1(131);
        out.write(term);
        return out.toByteArray();
    }

    private static Term withAtoms(Term term) {
        return switch (term) {
            case MapTerm map -> {
                Term[] pairs = map.pairs().toArray(Term[]::new);
                for (int i = 0; i < pairs.length; i += 2) {
                    pairs[i] = Atom.of(((Binary) pairs[i]).utf8().orElseThrow());
                    pairs[i + 1] = withAtoms(pairs[i + 1]);
                }
                yield MapTerm.ofPairs(pairs);
            }
            case ListTerm list ->
                ListTerm.of(list.elements().stream().map(EtfToJson::withAtoms).toArray(Term[]::new));
            default -> term;
        };
    }

    @Benchmark
    public ByteArrayOutputStream pierWritesJson() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(ROOM);
        mapper.writeJson(rows, out);
        return out;
    }

    @Benchmark
    public ByteArrayOutputStream jacksonWritesTokens() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(ROOM);
        try (JsonParser parser = etf.createParser(ObjectReadContext.empty(), rows);
                JsonGenerator generator = json.createGenerator(ObjectWriteContext.empty(), out)) {
            parser.nextToken();
            generator.copyCurrentStructure(parser);
        }
        return out;
    }
}
