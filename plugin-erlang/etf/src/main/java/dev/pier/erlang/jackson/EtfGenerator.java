package dev.pier.erlang.jackson;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Charlist;
import dev.pier.erlang.JsonText;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.JsonReader;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.TermSource;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamWriteCapability;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.type.WritableTypeId;
import tools.jackson.core.util.JacksonFeatureSet;

/// Writes tokens as one external term. For one thread.
///
/// Names that Jackson passes as [SerializableString] are fixed by a class (properties, enum constants) and become
/// atoms. A name or text that comes as a `String` is data, and becomes a binary.
///
/// Hazard: sizes precede the counted elements and are filled in afterwards. Until the end of a value, the output
/// holds a wrong head.
public final class EtfGenerator extends EtfOverloads {
    private static final int MAX_STRING = 0xffff;
    private static final int MAX_SMALL_ARITY = 0xff;

    private final EtfOutput out;
    private final @Nullable OutputStream target;
    private final Atom nullAtom;
    private final boolean versionByte;
    private final boolean compactByteLists;
    private final int maxDepth;
    private EtfWriteContext context = EtfWriteContext.root();
    /// The name of the property that holds a type id: it comes as a `String`, although a class fixes it.
    private @Nullable String typeProperty;

    EtfGenerator(
            ObjectWriteContext writeContext,
            IOContext ioContext,
            EtfFactory factory,
            EtfOutput out,
            @Nullable OutputStream target,
            boolean versionByte) {
        super(writeContext, ioContext, writeContext.getStreamWriteFeatures(factory.getStreamWriteFeatures()));
        int features = writeContext.getFormatWriteFeatures(factory.getFormatWriteFeatures());
        this.out = out;
        this.target = target;
        this.nullAtom = factory.nullAtom();
        this.versionByte = versionByte;
        this.compactByteLists = EtfWriteFeature.COMPACT_BYTE_LISTS.enabledIn(features);
        this.maxDepth = streamWriteConstraints().getMaxNestingDepth();
    }

    /// Prepares for another term, after a complete or a failed one.
    public void restart() {
        EtfWriteContext root = context;
        while (root.parent != null) {
            root = root.parent;
        }
        root.reset(EtfWriteContext.Kind.ROOT, 0, null);
        context = root;
    }

    private void beforeValue() {
        context.beforeValue();
        if (versionByte && context.parent == null) {
            out.write1(Tag.VERSION);
        }
    }

    private void push(EtfWriteContext.Kind kind, @Nullable Object forValue) {
        if (context.getNestingDepth() >= maxDepth) {
            throw new BadArgument("nested deeper than " + maxDepth + ", or a cycle");
        }
        context = context.child(kind, out.size(), forValue);
    }

    private EtfWriteContext pop() {
        EtfWriteContext ended = context;
        context = Objects.requireNonNull(ended.parent);
        return ended;
    }

    // Terms

    /// Writes a term.
    public EtfGenerator writeTerm(Term term) {
        beforeValue();
        TermEncoder.encode(term, out);
        return this;
    }

    /// Writes an atom. Not for data, because an Erlang node never frees an atom.
    public EtfGenerator writeAtom(String name) {
        beforeValue();
        TermEncoder.encodeAtom(name, out);
        return this;
    }

    /// Writes JSON text as a term.
    ///
    /// @throws dev.pier.erlang.BadBody if the text is not JSON, or exceeds its limits
    public EtfGenerator writeJson(JsonText json) {
        beforeValue();
        JsonReader.read(json.utf8(), json.limits(), nullAtom, out);
        return this;
    }

    /// Writes text as a list of code points.
    public EtfGenerator writeCharlist(String text) {
        beforeValue();
        Charlists.encode(text, out);
        return this;
    }

    /// @param expected the arity, as far as it is known; the number of elements that are written decides
    private void startTuple(@Nullable Object forValue, int expected) {
        push(EtfWriteContext.Kind.TUPLE, forValue);
        TermEncoder.encodeTupleHeader(expected, out);
    }

    /// Begins a key; one value of any kind must follow, and then [#endKey()].
    public void startKey() {
        beginKey(null);
        // 1 and 1L are two keys in Java and one in Erlang.
        context.keys().mayRepeat();
        push(EtfWriteContext.Kind.KEY, null);
    }

    public void endKey() {
        EtfWriteContext key = pop();
        context.keys().add(key.start, out.size());
    }

    // Arrays and objects

    @Override
    public JsonGenerator writeStartArray(@Nullable Object forValue, int size) {
        beforeValue();
        Optional<TupleShape> tuple = forValue instanceof Record ? TupleShape.of(forValue.getClass()) : Optional.empty();
        if (tuple.isPresent()) {
            startTuple(forValue, tuple.get().arity());
            if (tuple.get().tag().isPresent()) {
                context.beforeValue();
                TermEncoder.encodeAtom(tuple.get().tag().get(), out);
            }
        } else {
            push(EtfWriteContext.Kind.LIST, forValue);
            out.write1(Tag.LIST);
            out.write4(0);
        }
        return this;
    }

    @Override
    public JsonGenerator writeEndArray() {
        EtfWriteContext ended = pop();
        switch (ended.kind) {
            case LIST -> endList(ended);
            case TUPLE -> endTuple(ended);
            default -> throw new BadArgument("unexpected end of an array");
        }
        return this;
    }

    private void endList(EtfWriteContext ended) {
        if (ended.count == 0) {
            out.truncate(ended.start);
        } else {
            if (compactByteLists && isByteList(ended)) {
                compact(ended);
                return;
            }
            out.set4(ended.start + 1, ended.count);
        }
        TermEncoder.encodeNil(out);
    }

    private boolean isByteList(EtfWriteContext list) {
        int first = list.start + 5;
        if (list.count > MAX_STRING || out.size() - first != 2 * list.count) {
            return false;
        }
        for (int i = first; i < out.size(); i += 2) {
            if (out.array()[i] != Tag.SMALL_INTEGER) {
                return false;
            }
        }
        return true;
    }

    private void compact(EtfWriteContext list) {
        byte[] bytes = out.array();
        int from = list.start + 6;
        int to = list.start + 3;
        bytes[list.start] = Tag.STRING;
        bytes[list.start + 1] = (byte) (list.count >>> 8);
        bytes[list.start + 2] = (byte) list.count;
        for (int i = 0; i < list.count; i++) {
            bytes[to + i] = bytes[from + 2 * i];
        }
        out.truncate(to + list.count);
    }

    private void endTuple(EtfWriteContext ended) {
        if (out.array()[ended.start] == Tag.LARGE_TUPLE) {
            out.set4(ended.start + 1, ended.count);
        } else if (ended.count <= MAX_SMALL_ARITY) {
            out.array()[ended.start + 1] = (byte) ended.count;
        } else {
            throw new BadArgument("the tuple has more elements than the record: " + ended.count);
        }
    }

    @Override
    public JsonGenerator writeStartObject(@Nullable Object forValue) {
        beforeValue();
        MapShape shape = forValue instanceof Record ? MapShape.of(forValue.getClass()) : null;
        if (shape != null && shape.keyword()) {
            push(EtfWriteContext.Kind.KEYWORD, forValue);
            context.keys().begin(forValue);
            out.write1(Tag.LIST);
            out.write4(0);
            return this;
        }
        push(EtfWriteContext.Kind.MAP, forValue);
        context.keys().begin(forValue);
        TermEncoder.encodeMapHeader(0, out);
        if (shape != null && shape.struct().isPresent()) {
            writeStruct(shape.struct().get());
        }
        return this;
    }

    private void writeStruct(Atom name) {
        context.beforeKey(MapShape.STRUCT.name());
        int start = out.size();
        TermEncoder.encodeAtom(MapShape.STRUCT, out);
        context.keys().add(start, out.size());
        context.beforeValue();
        TermEncoder.encodeAtom(name, out);
    }

    /// Counts a key, and begins the pair that it is in a keyword list.
    private void beginKey(@Nullable String name) {
        context.beforeKey(name);
        if (context.kind == EtfWriteContext.Kind.KEYWORD) {
            TermEncoder.encodeTupleHeader(2, out);
        }
    }

    @Override
    public JsonGenerator writeEndObject() {
        EtfWriteContext ended = context;
        boolean keyword = ended.kind == EtfWriteContext.Kind.KEYWORD;
        if ((ended.kind != EtfWriteContext.Kind.MAP && !keyword) || ended.valueDue) {
            throw new BadArgument("unexpected end of a map, or a key without a value");
        }
        pop();
        if (ended.keys().hasRepetition(out.array())) {
            throw new BadArgument("a key of the map is repeated");
        }
        if (keyword && ended.count == 0) {
            out.truncate(ended.start);
        } else {
            out.set4(ended.start + 1, ended.count);
        }
        if (keyword) {
            TermEncoder.encodeNil(out);
        }
        return this;
    }

    // Names

    /// Writes a name that is data: a binary.
    @Override
    public JsonGenerator writeName(String name) {
        beginKey(name);
        int start = out.size();
        if (name.equals(typeProperty)) {
            typeProperty = null;
            TermEncoder.encodeAtom(name, out);
        } else {
            TermEncoder.encodeBinary(name, out);
        }
        context.keys().add(start, out.size());
        return this;
    }

    /// Writes a name that a class fixes: an atom.
    @Override
    public JsonGenerator writeName(SerializableString name) {
        beginKey(name.getValue());
        // The constants of two enums are two keys in Java and may be one atom.
        context.keys().mayRepeat();
        int start = out.size();
        encodeFixed(name);
        context.keys().add(start, out.size());
        return this;
    }

    /// Writes a key that is an integer.
    @Override
    public JsonGenerator writePropertyId(long id) {
        beginKey(Long.toString(id));
        context.keys().mayRepeat();
        int start = out.size();
        TermEncoder.encodeLong(id, out);
        context.keys().add(start, out.size());
        return this;
    }

    private void encodeFixed(SerializableString name) {
        byte[] utf8 = name.asUnquotedUTF8();
        if (utf8.length == name.charLength() && utf8.length <= Atom.MAX_CODE_POINTS) {
            out.write1(Tag.SMALL_ATOM_UTF8);
            out.write1(utf8.length);
            out.write(utf8);
        } else {
            TermEncoder.encodeAtom(name.getValue(), out);
        }
    }

    @Override
    public WritableTypeId writeTypePrefix(WritableTypeId typeId) {
        typeProperty = typeId.asProperty;
        return super.writeTypePrefix(typeId);
    }

    // Text and bytes

    @Override
    public JsonGenerator writeString(@Nullable String text) {
        if (text == null) {
            return writeNull();
        }
        beforeValue();
        TermEncoder.encodeBinary(text, out);
        return this;
    }

    /// Writes text that a class fixes, such as an enum constant: an atom.
    @Override
    public JsonGenerator writeString(SerializableString text) {
        beforeValue();
        encodeFixed(text);
        return this;
    }

    @Override
    public JsonGenerator writeBinary(Base64Variant variant, byte[] data, int offset, int length) {
        beforeValue();
        TermEncoder.encodeBinary(data, offset, length, out);
        return this;
    }

    // Numbers and the rest

    @Override
    public JsonGenerator writeNumber(long value) {
        beforeValue();
        TermEncoder.encodeLong(value, out);
        return this;
    }

    @Override
    public JsonGenerator writeNumber(@Nullable BigInteger value) {
        if (value == null) {
            return writeNull();
        }
        beforeValue();
        TermEncoder.encodeBigInteger(value, out);
        return this;
    }

    @Override
    public JsonGenerator writeNumber(double value) {
        beforeValue();
        TermEncoder.encodeDouble(value, out);
        return this;
    }

    @Override
    public JsonGenerator writeBoolean(boolean value) {
        beforeValue();
        TermEncoder.encodeAtom(Atom.of(value), out);
        return this;
    }

    @Override
    public JsonGenerator writeNull() {
        beforeValue();
        TermEncoder.encodeAtom(nullAtom, out);
        return this;
    }

    @Override
    public JsonGenerator writeEmbeddedObject(@Nullable Object value) {
        return switch (value) {
            case null -> writeNull();
            case Term term -> writeTerm(term);
            case Charlist charlist -> writeCharlist(charlist.text());
            case JsonText json -> writeJson(json);
            case TermSource source -> writeTerm(source.toTerm());
            case byte[] bytes -> writeBinary(bytes, 0, bytes.length);
            case ByteBuffer buffer -> {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.duplicate().get(bytes);
                yield writeBinary(bytes, 0, bytes.length);
            }
            default ->
                throw new BadArgument("no Erlang form for " + value.getClass().getName());
        };
    }

    // The generator itself

    @Override
    public TokenStreamContext streamWriteContext() {
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
    public JacksonFeatureSet<StreamWriteCapability> streamWriteCapabilities() {
        return EtfFactory.WRITE_CAPABILITIES;
    }

    @Override
    public @Nullable Object streamWriteOutputTarget() {
        return target;
    }

    @Override
    public int streamWriteOutputBuffered() {
        return out.size();
    }

    /// Has no effect before the end, because the output may hold wrong heads.
    @Override
    public void flush() {}

    @Override
    protected void _closeInput() throws IOException {
        if (target == null) {
            return;
        }
        if (context.parent == null) {
            target.write(out.array(), 0, out.size());
        }
        out.truncate(0);
        if (_ioContext.isResourceManaged() || isEnabled(StreamWriteFeature.AUTO_CLOSE_TARGET)) {
            target.close();
        } else {
            target.flush();
        }
    }

    @Override
    protected void _releaseBuffers() {}

    @Override
    protected void _verifyValueWrite(String typeMessage) {
        beforeValue();
    }
}
