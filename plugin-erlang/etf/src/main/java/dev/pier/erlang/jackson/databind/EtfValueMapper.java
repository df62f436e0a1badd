package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.internal.Utf8;
import dev.pier.erlang.jackson.EtfErrors;
import dev.pier.erlang.jackson.TermSummary;
import dev.pier.erlang.json.AtomJsonCache;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.json.JsonOutput;
import dev.pier.erlang.json.JsonStream;
import dev.pier.erlang.json.JsonWriter;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The mapping of calls and replies: an [EtfMapper] with fast paths for the most frequent values. Immutable; safe
/// for many threads.
///
/// Hazard: the mapper caches data about classes, and so keeps the classes alive. Each web application needs its own
/// mapper, which must be dropped with the application.
public final class EtfValueMapper implements ValueMapper {
    private static final int MIN_JSON = 256;

    private final EtfMapper mapper;
    private final JsonOptions json;
    private final AtomJsonCache atoms;

    public EtfValueMapper() {
        this(new EtfMapper(), JsonOptions.DEFAULT);
    }

    public EtfValueMapper(EtfMapper mapper, JsonOptions json) {
        this(mapper, json, new AtomJsonCache());
    }

    private EtfValueMapper(EtfMapper mapper, JsonOptions json, AtomJsonCache atoms) {
        this.mapper = mapper;
        this.json = json;
        this.atoms = atoms;
    }

    @Override
    public void write(@Nullable Object value, EtfOutput out) {
        new PlainWriter(mapper, out).writeWhole(value);
    }

    @Override
    public @Nullable Object read(EncodedTerm term, Type type) {
        if (type instanceof Class<?> c) {
            if (Term.class.isAssignableFrom(c)) {
                return readTerm(term, c);
            }
            Object plain = readPlain(term.open(mapper.tokenStreamFactory().limits()), c);
            if (plain != null) {
                return plain;
            }
        }
        return mapper.readValue(term, type, json.records());
    }

    private Term readTerm(EncodedTerm encoded, Class<?> type) {
        EtfInput in = encoded.open(mapper.tokenStreamFactory().limits());
        Term term = TermDecoder.decode(in);
        if (in.remaining() > 0) {
            throw new MalformedTerm(in.remaining() + " bytes after the term, which ends at byte " + in.position());
        }
        if (!type.isInstance(term)) {
            String got = TermSummary.of(encoded.open(mapper.tokenStreamFactory().limits()));
            throw new UnexpectedTerm("expected " + EtfErrors.expected(type) + ", got " + got);
        }
        return term;
    }

    /// The value, if the bytes are the most frequent encoding of such a value; else `null`.
    private static @Nullable Object readPlain(EtfInput in, Class<?> type) {
        Object value = switch (in.read1()) {
            case Tag.SMALL_INTEGER -> integer(in.read1(), type);
            case Tag.INTEGER -> integer(in.read4(), type);
            case Tag.BINARY -> binary(in, type);
            default -> null;
        };
        return in.remaining() == 0 ? value : null;
    }

    private static @Nullable Object integer(int value, Class<?> type) {
        if (type == Integer.class || type == int.class) {
            return value;
        }
        return type == Long.class || type == long.class ? (Object) (long) value : null;
    }

    private static @Nullable Object binary(EtfInput in, Class<?> type) {
        int length = in.length();
        int start = in.skip(length);
        if (type == byte[].class) {
            return Arrays.copyOfRange(in.bytes(), start, start + length);
        }
        return type == String.class ? Utf8.decode(in.bytes(), start, length) : null;
    }

    @Override
    public ValueMapper with(CallOptions options) {
        JsonOptions combined = json.withRecords(json.records().and(options.records()))
                .withChardataAsText(json.chardataAsText() || options.chardataAsText());
        return combined.equals(json) ? this : new EtfValueMapper(mapper, combined, atoms);
    }

    @Override
    public JsonSink json(OutputStream out) {
        JsonOutput buffered = new JsonOutput(out);
        return new JsonStream(
                buffered,
                new JsonWriter(json, buffered, atoms),
                mapper.tokenStreamFactory().limits());
    }

    @Override
    public void writeJson(EncodedTerm term, OutputStream out) throws IOException {
        // JSON takes about as many bytes as the term, rarely more than twice as many.
        JsonOutput buffered = new JsonOutput(out, Math.clamp(2L * term.length(), MIN_JSON, JsonOutput.SIZE));
        new JsonWriter(json, buffered, atoms)
                .write(term.open(mapper.tokenStreamFactory().limits()));
        // Not flushed, so that a web server can send a small answer in one piece, with its length.
        buffered.send();
    }
}
