package dev.pier.erlang.jackson;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import java.util.List;
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
/// | maps | an object; the name of a key that is not text is its text form |
/// | pids, ports, references, funs, bitstrings | an embedded [Term] |
///
/// Ambiguous terms are interpreted on request: a string that is a list becomes an array where an array is expected,
/// and an array that is a proplist becomes an object where an object is expected. [#readTerm()] returns the current
/// value as a term.
public final class EtfParser extends EtfTokens {
    private final boolean proplistsAsObjects;
    private RecordDefinitions records = RecordDefinitions.NONE;

    EtfParser(ObjectReadContext readContext, IOContext ioContext, EtfFactory factory, EtfInput in) {
        this(readContext, ioContext, factory, in, readContext.getFormatReadFeatures(factory.getFormatReadFeatures()));
    }

    private EtfParser(
            ObjectReadContext readContext, IOContext ioContext, EtfFactory factory, EtfInput in, int features) {
        super(readContext, ioContext, factory, in, features);
        this.proplistsAsObjects = EtfReadFeature.PROPLISTS_AS_OBJECTS.enabledIn(features);
    }

    /// Reads tuples as objects where an object is expected, if they are among these records.
    public EtfParser withRecords(RecordDefinitions definitions) {
        records = definitions;
        return this;
    }

    // Ambiguous terms

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
        return _currToken == JsonToken.START_OBJECT || isExpectedStartRecord();
    }

    /// Whether the current token is the start of a tuple that is a record. It is the start of an object then.
    public boolean isExpectedStartRecord() {
        if (records.isEmpty() || !isStartTuple()) {
            return false;
        }
        List<Atom> fields = TupleNames.ahead(records, in, context.remaining);
        if (fields == null) {
            return false;
        }
        TermDecoder.skip(in);
        context.remaining--;
        context.fields = fields;
        context.become(EtfReadContext.Kind.NAMED);
        _updateToken(JsonToken.START_OBJECT);
        return true;
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

    /// How many elements remain in the tuple whose start is the current token.
    public int tupleArity() {
        return context.remaining;
    }

    /// The atom that begins the tuple whose start is the current token; empty if another term begins it.
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

    /// The name of the struct of Elixir whose start is the current token: the atom under the key `__struct__`. Empty
    /// for other terms.
    public Optional<Atom> structName() {
        if (_currToken != JsonToken.START_OBJECT || context.kind != EtfReadContext.Kind.MAP) {
            return Optional.empty();
        }
        int position = in.position();
        try {
            for (int i = 0; i < context.remaining; i++) {
                if (!Tag.isAtom(in.peek1())) {
                    TermDecoder.skip(in);
                } else if (TermDecoder.decodeAtom(in).equals(MapShape.STRUCT)) {
                    return Tag.isAtom(in.peek1()) ? Optional.of(TermDecoder.decodeAtom(in)) : Optional.empty();
                }
                TermDecoder.skip(in);
            }
            return Optional.empty();
        } finally {
            in.seek(position);
        }
    }

    /// Skips the tag, so that the next token is the element after it.
    public void skipTupleTag() {
        context.next();
        TermDecoder.skip(in);
    }

    /// Whether the list ends here with a tail that is not a list.
    public boolean isImproperTail() {
        return context.kind == EtfReadContext.Kind.LIST
                && context.remaining == 0
                && context.tailDue
                && in.peek1() != Tag.NIL;
    }

    /// Reads the current list from its beginning as a term. The current token is then its end.
    public Term readWholeList() {
        in.seek(context.start);
        Term whole = TermDecoder.decode(in);
        end(JsonToken.END_ARRAY);
        return whole;
    }

    /// Reads the current value as a term; at the start of an array or object, the whole container. The current
    /// token is then its end.
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

    /// The key whose name is the current token, as a term.
    public Term readKey() {
        if (context.kind == EtfReadContext.Kind.NAMED) {
            return context.fields.get(context.getCurrentIndex());
        }
        int position = in.position();
        in.seek(context.nameStart);
        Term key = TermDecoder.decode(in);
        in.seek(position);
        return key;
    }

    /// Reads the array whose start is the current token as text. The current token is then its end.
    ///
    /// @return `null` if it is not a list of code points; the parser does not move then
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
        EtfReadContext named = atStart && context.parent != null ? context.parent : context;
        return named.name;
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
        throw new MalformedTerm("truncated: expected a term at byte " + in.position());
    }
}
