package dev.pier.erlang.jackson;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.Version;
import tools.jackson.core.io.IOContext;

/// Reads one external term as tokens, straight from its bytes. For one thread.
///
/// | term | token |
/// |---|---|
/// | integer, float | a number |
/// | `true`, `false`; `undefined`, `nil`, `null` | true, false; null |
/// | other atoms, binaries of UTF-8, lists of printable code points | a string |
/// | other binaries | an embedded `byte[]` |
/// | lists, tuples | an array |
/// | maps | an object; a key that is no text has its text form as name |
/// | pids, ports, references, funs, bitstrings | an embedded [Term] |
///
/// What Erlang leaves open is decided when somebody asks: a string that is a list turns into an array where an array
/// is expected, an array that is a proplist into an object where an object is expected. And [#readTerm()] gives
/// whatever stands at the current token as it is.
public final class EtfParser extends EtfScalars {
    private static final int MAX_LONG_BYTES = 7;

    private final NameCache names;
    private final boolean charlistsAsText;
    private final boolean proplistsAsObjects;
    private final int maxDepth;
    private EtfReadContext context = EtfReadContext.root();

    EtfParser(ObjectReadContext readContext, IOContext ioContext, EtfFactory factory, EtfInput in) {
        super(readContext, ioContext, readContext.getStreamReadFeatures(factory.getStreamReadFeatures()), in);
        int features = readContext.getFormatReadFeatures(factory.getFormatReadFeatures());
        this.names = factory.names();
        this.charlistsAsText = EtfReadFeature.CHARLISTS_AS_TEXT.enabledIn(features);
        this.proplistsAsObjects = EtfReadFeature.PROPLISTS_AS_OBJECTS.enabledIn(features);
        this.maxDepth = Math.min(in.limits().depth(), _streamReadConstraints.getMaxNestingDepth());
        start = in.position();
        context.start = start;
    }

    // Tokens

    @Override
    public @Nullable JsonToken nextToken() {
        text = null;
        EtfReadContext now = context;
        return switch (now.kind) {
            case ROOT -> root();
            case MAP -> now.valueDue ? valueOfName() : nextNameOfMap();
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
            throw new MalformedTerm(in.remaining() + " bytes behind the term, which ends at byte " + in.position());
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

    private JsonToken end(JsonToken token) {
        start = context.start;
        kind = Kind.NONE;
        context = Objects.requireNonNull(context.parent);
        return _updateToken(token);
    }

    private JsonToken begin(EtfReadContext.Kind container, int size, JsonToken token) {
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
            throw new MalformedTerm(value + " before byte " + in.position() + ": Erlang has finite floats only");
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
        SpecialAtom literal = SpecialAtom.of(in.bytes(), first, bytes);
        return literal == null ? text(names.name(in.bytes(), first, bytes)) : literal(literal);
    }

    private JsonToken atom(String name) {
        SpecialAtom literal = SpecialAtom.of(name);
        return literal == null ? text(name) : literal(literal);
    }

    private JsonToken literal(SpecialAtom literal) {
        text = literal.atom;
        kind = Kind.ATOM;
        return _updateToken(literal.token);
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
        return _updateToken(found == Utf8.NO_TEXT ? JsonToken.VALUE_EMBEDDED_OBJECT : JsonToken.VALUE_STRING);
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

    private String readLatin1(int bytes) {
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
                if (Utf8.kind(in.bytes(), first, bytes) != Utf8.NO_TEXT) {
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

    // What Erlang leaves open

    @Override
    public boolean isExpectedStartArrayToken() {
        if (_currToken == JsonToken.VALUE_STRING && (kind == Kind.BYTES || kind == Kind.CHARLIST)) {
            boolean bytes = kind == Kind.BYTES;
            in.seek(from);
            text = null;
            begin(bytes ? EtfReadContext.Kind.BYTES : EtfReadContext.Kind.LIST, length, JsonToken.START_ARRAY);
        }
        return _currToken == JsonToken.START_ARRAY;
    }

    @Override
    public boolean isExpectedStartObjectToken() {
        if (proplistsAsObjects
                && _currToken == JsonToken.START_ARRAY
                && context.kind == EtfReadContext.Kind.LIST
                && Proplists.isAhead(in, context.remaining, context.tailDue)) {
            context.become(EtfReadContext.Kind.PROPLIST);
            _updateToken(JsonToken.START_OBJECT);
        }
        return _currToken == JsonToken.START_OBJECT;
    }

    /// Whether the current token is an atom.
    public boolean isAtom() {
        return kind == Kind.ATOM;
    }

    /// Whether the current token is a binary.
    public boolean isBinary() {
        return kind == Kind.BINARY;
    }

    /// Whether the current token is a list, or the start of one.
    public boolean isList() {
        return kind == Kind.BYTES
                || kind == Kind.CHARLIST
                || (_currToken == JsonToken.START_ARRAY && context.kind != EtfReadContext.Kind.TUPLE);
    }

    /// Whether the current token is the start of a tuple.
    public boolean isStartTuple() {
        return _currToken == JsonToken.START_ARRAY && context.kind == EtfReadContext.Kind.TUPLE;
    }

    /// How many elements the tuple has at whose start the parser stands, or still has behind its tag.
    public int tupleArity() {
        return context.remaining;
    }

    /// The atom that the tuple begins with at whose start the parser stands; empty if it begins with something else.
    public Optional<String> tupleTag() {
        if (context.remaining == 0) {
            return Optional.empty();
        }
        int position = in.position();
        try {
            return Tag.isAtom(in.peek1())
                    ? Optional.of(TermDecoder.decodeAtom(in).name())
                    : Optional.empty();
        } finally {
            in.seek(position);
        }
    }

    /// Goes over the tag, so that the next token is the element behind it.
    public void skipTupleTag() {
        context.next();
        TermDecoder.skip(in);
    }

    /// Whether the list ends here with something that is no list.
    public boolean isImproperTail() {
        return context.kind == EtfReadContext.Kind.LIST
                && context.remaining == 0
                && context.tailDue
                && in.peek1() != Tag.NIL;
    }

    /// The list that is being read, as a term. The parser then stands at its end.
    public Term readWholeList() {
        in.seek(context.start);
        Term whole = TermDecoder.decode(in);
        end(JsonToken.END_ARRAY);
        return whole;
    }

    /// What stands at the current token, as it is; of an array or object the whole. The parser then stands at its end.
    public Term readTerm() {
        if (kind == Kind.IMPLIED) {
            return _currToken == JsonToken.VALUE_TRUE ? Atom.TRUE : IntegerTerm.of(integer);
        }
        if (kind == Kind.TERM) {
            return Objects.requireNonNull(term);
        }
        in.seek(start);
        Term read = TermDecoder.decode(in);
        endContainer();
        return read;
    }

    /// The key whose name is the current token, as it is.
    public Term readKey() {
        int position = in.position();
        in.seek(context.nameStart);
        Term key = TermDecoder.decode(in);
        in.seek(position);
        return key;
    }

    /// The array at whose start the parser stands as text, or null if it is no list of code points. If it is, the
    /// parser then stands at its end.
    @Nullable
    public String readCharlist() {
        String read = switch (context.kind) {
            case BYTES -> readLatin1(context.remaining);
            case LIST -> context.tailDue ? Charlists.decode(in, context.remaining) : "";
            default -> null;
        };
        if (read != null) {
            end(JsonToken.END_ARRAY);
        }
        return read;
    }

    @Override
    public JsonParser skipChildren() {
        if (_currToken == JsonToken.START_OBJECT || _currToken == JsonToken.START_ARRAY) {
            in.seek(start);
            TermDecoder.skip(in);
            endContainer();
        }
        return this;
    }

    private void endContainer() {
        if (_currToken == JsonToken.START_OBJECT) {
            end(JsonToken.END_OBJECT);
        } else if (_currToken == JsonToken.START_ARRAY) {
            end(JsonToken.END_ARRAY);
        }
    }

    @Override
    public @Nullable String currentName() {
        boolean atStart = _currToken == JsonToken.START_OBJECT || _currToken == JsonToken.START_ARRAY;
        EtfReadContext of = atStart && context.parent != null ? context.parent : context;
        return of.name;
    }

    // The parser itself

    @Override
    public Version version() {
        return EtfFactory.VERSION;
    }

    @Override
    public TokenStreamContext streamReadContext() {
        return context;
    }

    @Override
    public @Nullable Object currentValue() {
        return context.currentValue();
    }

    @Override
    public void assignCurrentValue(@Nullable Object value) {
        context.assignCurrentValue(value);
    }

    @Override
    public TokenStreamLocation currentTokenLocation() {
        return new TokenStreamLocation(_ioContext.contentReference(), start, -1, -1, -1);
    }

    @Override
    public TokenStreamLocation currentLocation() {
        return new TokenStreamLocation(_ioContext.contentReference(), in.position(), -1, -1, -1);
    }

    @Override
    public Object streamReadInputSource() {
        return in.bytes();
    }

    @Override
    protected void _closeInput() {}

    @Override
    protected void _releaseBuffers() {}

    @Override
    protected void _handleEOF() {
        throw new MalformedTerm("truncated: no term at byte " + in.position());
    }
}
