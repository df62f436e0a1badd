package dev.pier.erlang.jackson;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.internal.Utf8;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.IOContext;

/// The part of [EtfParser] that goes from token to token, and in and out of containers. For one thread.
abstract class EtfTokens extends EtfScalars {
    private static final int MAX_LONG_BYTES = 7;

    EtfReadContext context = EtfReadContext.root();

    private final NameCache names;
    private final boolean charlistsAsText;
    private final int maxDepth;

    /// @param features the enabled [EtfReadFeature]s
    EtfTokens(ObjectReadContext readContext, IOContext ioContext, EtfFactory factory, EtfInput in, int features) {
        super(readContext, ioContext, readContext.getStreamReadFeatures(factory.getStreamReadFeatures()), in);
        this.names = factory.names();
        this.charlistsAsText = EtfReadFeature.CHARLISTS_AS_TEXT.enabledIn(features);
        this.maxDepth = Math.min(in.limits().depth(), _streamReadConstraints.getMaxNestingDepth());
        start = in.position();
        context.start = start;
    }

    @Override
    public @Nullable JsonToken nextToken() {
        text = null;
        EtfReadContext now = context;
        return switch (now.kind) {
            case ROOT -> root();
            case MAP -> now.valueDue ? valueOfName() : nextNameOfMap();
            case NAMED -> now.valueDue ? valueOfName() : nextNameOfTuple();
            case RECORD -> now.valueDue ? valueOfName() : nextNameOfRecord();
            case LIST, TUPLE -> {
                if (now.remaining == 0) {
                    yield endArray();
                }
                now.next();
                yield value();
            }
            case BYTES -> {
                if (now.remaining == 0) {
                    yield endArray();
                }
                now.next();
                start = in.position();
                integer = in.read1();
                kind = Kind.IMPLIED;
                yield _updateToken(JsonToken.VALUE_NUMBER_INT);
            }
            case PROPLIST -> now.valueDue ? valueOfName() : nextNameOfProplist();
        };
    }

    private @Nullable JsonToken root() {
        if (context.getEntryCount() == 0) {
            context.next();
            return value();
        }
        if (in.remaining() > 0) {
            throw new MalformedTerm(in.remaining() + " bytes after the term, which ends at byte " + in.position());
        }
        return _updateTokenToNull();
    }

    private JsonToken valueOfName() {
        context.valueDue = false;
        if (context.bareName) {
            kind = Kind.IMPLIED;
            start = context.nameStart;
            return _updateToken(JsonToken.VALUE_TRUE);
        }
        return value();
    }

    private JsonToken nextNameOfMap() {
        if (context.remaining == 0) {
            return end(JsonToken.END_OBJECT);
        }
        context.next();
        LastKeys keys = context.lastKeys();
        int index = context.getCurrentIndex();
        context.nameStart = in.position();
        String name = keys.recall(index, in);
        if (name == null) {
            name = readName();
            keys.remember(index, context.nameStart, in, name);
        }
        context.name = name;
        context.valueDue = true;
        return _updateToken(JsonToken.PROPERTY_NAME);
    }

    private JsonToken nextNameOfTuple() {
        if (context.remaining == 0) {
            return end(JsonToken.END_OBJECT);
        }
        context.next();
        context.nameStart = in.position();
        context.name = context.fields.get(context.getCurrentIndex()).name();
        context.valueDue = true;
        return _updateToken(JsonToken.PROPERTY_NAME);
    }

    private JsonToken nextNameOfRecord() {
        if (context.remaining == 0) {
            return end(JsonToken.END_OBJECT);
        }
        context.next();
        int value = in.position();
        in.seek(context.nextName);
        context.name = readName();
        context.valueDue = true;
        context.nextName = in.position();
        in.seek(value);
        return _updateToken(JsonToken.PROPERTY_NAME);
    }

    private JsonToken nextNameOfProplist() {
        while (context.remaining > 0) {
            context.next();
            int tag = in.peek1();
            context.bareName = tag != Tag.SMALL_TUPLE && tag != Tag.LARGE_TUPLE;
            if (!context.bareName) {
                TermDecoder.decodeTupleArity(in);
            }
            String name = readName();
            if (context.firstTime(name)) {
                context.name = name;
                context.valueDue = true;
                return _updateToken(JsonToken.PROPERTY_NAME);
            }
            if (!context.bareName) {
                TermDecoder.skip(in);
            }
        }
        readTail();
        return end(JsonToken.END_OBJECT);
    }

    private JsonToken endArray() {
        readTail();
        return end(JsonToken.END_ARRAY);
    }

    private void readTail() {
        if (context.tailDue && in.read1() != Tag.NIL) {
            in.seek(context.start);
            throw new UnexpectedTerm("expected a proper list, got " + TermSummary.of(in));
        }
    }

    final JsonToken end(JsonToken token) {
        start = context.start;
        kind = Kind.NONE;
        context = Objects.requireNonNull(context.parent);
        return _updateToken(token);
    }

    final JsonToken begin(EtfReadContext.Kind container, int size, JsonToken token) {
        if (context.getNestingDepth() >= maxDepth) {
            throw new MalformedTerm("nested deeper than " + maxDepth + " (limit depth)");
        }
        kind = Kind.NONE;
        context = context.child(container, start, size);
        return _updateToken(token);
    }

    // Values

    private JsonToken value() {
        start = in.position();
        int tag = in.read1();
        return switch (tag) {
            case Tag.SMALL_INTEGER -> integer(in.read1());
            case Tag.INTEGER -> integer(in.read4());
            case Tag.SMALL_ATOM_UTF8 -> atomUtf8(in.read1());
            case Tag.ATOM_UTF8 -> atomUtf8(in.read2());
            case Tag.ATOM_CACHE_REF -> atom(in.cachedAtom(in.read1()).name());
            case Tag.SMALL_ATOM -> atom(readLatin1(in.read1()));
            case Tag.ATOM -> atom(readLatin1(in.read2()));
            case Tag.BINARY -> binary();
            case Tag.MAP -> begin(EtfReadContext.Kind.MAP, in.arity(2), JsonToken.START_OBJECT);
            case Tag.RECORD -> record(in.arity(3));
            case Tag.NIL -> {
                JsonToken token = begin(EtfReadContext.Kind.LIST, 0, JsonToken.START_ARRAY);
                context.tailDue = false;
                yield token;
            }
            case Tag.LIST -> list(in.arity(1));
            case Tag.STRING -> string();
            case Tag.SMALL_TUPLE -> begin(EtfReadContext.Kind.TUPLE, in.read1(), JsonToken.START_ARRAY);
            case Tag.LARGE_TUPLE -> begin(EtfReadContext.Kind.TUPLE, in.arity(1), JsonToken.START_ARRAY);
            case Tag.NEW_FLOAT -> floating(Double.longBitsToDouble(in.read8()));
            case Tag.SMALL_BIG -> big(in.read1());
            default -> other();
        };
    }

    private JsonToken integer(long value) {
        integer = value;
        kind = Kind.INTEGER;
        return _updateToken(JsonToken.VALUE_NUMBER_INT);
    }

    private JsonToken floating(double value) {
        if (!Double.isFinite(value)) {
            throw new MalformedTerm(value + " before byte " + in.position() + ": floats must be finite");
        }
        floating = value;
        kind = Kind.FLOAT;
        return _updateToken(JsonToken.VALUE_NUMBER_FLOAT);
    }

    private JsonToken big(int bytes) {
        if (bytes > MAX_LONG_BYTES) {
            return other();
        }
        boolean negative = in.read1() != 0;
        int first = in.skip(bytes);
        long magnitude = 0;
        for (int i = first + bytes - 1; i >= first; i--) {
            magnitude = magnitude << 8 | (in.bytes()[i] & 0xff);
        }
        return integer(negative ? -magnitude : magnitude);
    }

    private JsonToken atomUtf8(int bytes) {
        int first = in.skip(bytes);
        SpecialAtom special = SpecialAtom.of(in.bytes(), first, bytes);
        return special == null ? text(names.name(in.bytes(), first, bytes)) : special(special);
    }

    private JsonToken atom(String name) {
        SpecialAtom special = SpecialAtom.of(name);
        return special == null ? text(name) : special(special);
    }

    private JsonToken special(SpecialAtom special) {
        text = special.atom;
        kind = Kind.ATOM;
        return _updateToken(special.token);
    }

    private JsonToken text(String atom) {
        text = atom;
        kind = Kind.ATOM;
        return _updateToken(JsonToken.VALUE_STRING);
    }

    private JsonToken binary() {
        length = in.length();
        from = in.skip(length);
        kind = Kind.BINARY;
        int found = Utf8.kind(in.bytes(), from, length);
        ascii = found == Utf8.ASCII;
        return _updateToken(found == Utf8.INVALID ? JsonToken.VALUE_EMBEDDED_OBJECT : JsonToken.VALUE_STRING);
    }

    private JsonToken record(int fields) {
        TermDecoder.decodeRecordName(in);
        int names = in.position();
        for (int i = 0; i < fields; i++) {
            TermDecoder.skipAtom(in);
        }
        JsonToken token = begin(EtfReadContext.Kind.RECORD, fields, JsonToken.START_OBJECT);
        context.nextName = names;
        return token;
    }

    private JsonToken string() {
        length = in.read2();
        from = in.skip(length);
        if (charlistsAsText && Charlists.isPrintable(in.bytes(), from, length)) {
            kind = Kind.BYTES;
            return _updateToken(JsonToken.VALUE_STRING);
        }
        in.seek(from);
        return begin(EtfReadContext.Kind.BYTES, length, JsonToken.START_ARRAY);
    }

    private JsonToken list(int count) {
        int head = in.peek1();
        if (charlistsAsText
                && (head == Tag.SMALL_INTEGER || head == Tag.INTEGER)
                && Charlists.isPrintableAhead(in, count)) {
            from = in.position();
            length = count;
            text = Charlists.decode(in, count);
            kind = Kind.CHARLIST;
            return _updateToken(JsonToken.VALUE_STRING);
        }
        return begin(EtfReadContext.Kind.LIST, count, JsonToken.START_ARRAY);
    }

    private JsonToken other() {
        in.seek(start);
        Term decoded = TermDecoder.decode(in);
        return switch (decoded) {
            case IntegerTerm(long value) -> integer(value);
            case FloatTerm(double value) -> floating(value);
            case BigIntegerTerm(BigInteger value) -> {
                big = value;
                kind = Kind.BIG;
                yield _updateToken(JsonToken.VALUE_NUMBER_INT);
            }
            default -> {
                term = decoded;
                kind = Kind.TERM;
                yield _updateToken(JsonToken.VALUE_EMBEDDED_OBJECT);
            }
        };
    }

    private String readUtf8(int bytes) {
        return names.name(in.bytes(), in.skip(bytes), bytes);
    }

    final String readLatin1(int bytes) {
        return new String(in.bytes(), in.skip(bytes), bytes, StandardCharsets.ISO_8859_1);
    }

    private String readName() {
        context.nameStart = in.position();
        switch (in.read1()) {
            case Tag.SMALL_ATOM_UTF8 -> {
                return readUtf8(in.read1());
            }
            case Tag.ATOM_UTF8 -> {
                return readUtf8(in.read2());
            }
            case Tag.ATOM_CACHE_REF -> {
                return in.cachedAtom(in.read1()).name();
            }
            case Tag.BINARY -> {
                int bytes = in.length();
                int first = in.skip(bytes);
                if (Utf8.kind(in.bytes(), first, bytes) != Utf8.INVALID) {
                    return names.name(in.bytes(), first, bytes);
                }
            }
            case Tag.STRING -> {
                int bytes = in.read2();
                int first = in.skip(bytes);
                if (Charlists.isPrintable(in.bytes(), first, bytes)) {
                    return new String(in.bytes(), first, bytes, StandardCharsets.ISO_8859_1);
                }
            }
            default -> {}
        }
        in.seek(context.nameStart);
        Term key = TermDecoder.decode(in);
        return key instanceof Atom atom ? atom.name() : key.toString();
    }
}
