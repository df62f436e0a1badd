package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.jackson.EtfErrors;
import dev.pier.erlang.jackson.EtfFactory;
import dev.pier.erlang.jackson.EtfGenerator;
import dev.pier.erlang.jackson.EtfParser;
import dev.pier.erlang.jackson.EtfReadFeature;
import dev.pier.erlang.jackson.EtfWriteFeature;
import dev.pier.erlang.jackson.FormatFlags;
import dev.pier.erlang.jackson.PathException;
import dev.pier.erlang.jinterface.JInterface;
import java.io.OutputStream;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.Version;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.cfg.MapperBuilderState;
import tools.jackson.databind.deser.DeserializationContextExt;

/// Maps Java values to Erlang terms and back. Immutable; safe for many threads. Expensive to create, and meant to
/// be kept.
///
/// ```java
/// User user = new EtfMapper().readValue(bytes, User.class);
/// ```
///
/// Its own methods throw [dev.pier.erlang.UnexpectedTerm], [dev.pier.erlang.MalformedTerm] and
/// [dev.pier.erlang.BadArgument], each with the path to the place. Readers and writers made from it throw Jackson's
/// exceptions, with these as the cause.
///
/// A number is not accepted for a text or a boolean, nor a text for a number, because terms have types.
public final class EtfMapper extends ObjectMapper {
    private static final long serialVersionUID = 1L;
    private static final int FIRST_CAPACITY = 512;

    public EtfMapper() {
        this(builder());
    }

    public EtfMapper(EtfFactory factory) {
        this(builder(factory));
    }

    private EtfMapper(Builder builder) {
        super(builder);
    }

    public static Builder builder() {
        return builder(new EtfFactory());
    }

    public static Builder builder(EtfFactory factory) {
        Builder builder = new Builder(factory)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE, EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING, EnumFeature.READ_ENUMS_USING_TO_STRING)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .addModule(new EtfModule());
        return JInterface.isPresent() ? builder.addModule(jinterfaceModule()) : builder;
    }

    /// By name, because a build without an Erlang installation leaves the class out.
    private static JacksonModule jinterfaceModule() {
        try {
            return Class.forName(EtfMapper.class.getPackageName() + ".JInterfaceModule")
                    .asSubclass(JacksonModule.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Cannot load the JInterface bridge: " + e, e);
        }
    }

    @Override
    @SuppressWarnings("unchecked") // Jackson leaves the builder's type to the caller.
    public Builder rebuild() {
        return new Builder((Builder.State) _savedBuilderState);
    }

    @Override
    public EtfFactory tokenStreamFactory() {
        return (EtfFactory) _streamFactory;
    }

    @Override
    public Version version() {
        return EtfFactory.VERSION;
    }

    /// Reads the term as a value of the type.
    public @Nullable Object readValue(EncodedTerm term, Type type) {
        return readValue(term, type, RecordDefinitions.NONE);
    }

    /// The same with tuples that are records.
    @Nullable
    Object readValue(EncodedTerm term, Type type, RecordDefinitions records) {
        JavaType javaType = constructType(type);
        EtfParser parser = tokenStreamFactory()
                .createParser(ObjectReadContext.empty(), term)
                .withRecords(records);
        return _readMapAndClose(_deserializationContext(parser), parser, javaType);
    }

    /// Appends the value as one term, without the leading 131.
    public void writeValue(EtfOutput out, @Nullable Object value) {
        try (EtfGenerator generator = tokenStreamFactory().createGenerator(ObjectWriteContext.empty(), out)) {
            writeValue(generator, value);
        }
    }

    @Override
    public void writeValue(JsonGenerator generator, @Nullable Object value) {
        try {
            writeInto(generator, value);
        } catch (PathException e) {
            throw e.toBadArgument();
        }
    }

    /// As [#writeValue], but throws a [PathException], so that the caller can prepend its own path.
    void writeInto(JsonGenerator generator, @Nullable Object value) {
        try {
            super.writeValue(generator, value);
        } catch (RuntimeException e) {
            throw EtfErrors.writing(e, generator.streamWriteContext());
        }
    }

    @Override
    public byte[] writeValueAsBytes(@Nullable Object value) {
        var out = new EtfOutput(FIRST_CAPACITY);
        if (EtfWriteFeature.VERSION_BYTE.enabledIn(tokenStreamFactory().getFormatWriteFeatures())) {
            out.write1(Tag.VERSION);
        }
        writeValue(out, value);
        return out.toByteArray();
    }

    @Override
    public void writeValue(OutputStream target, @Nullable Object value) {
        try (JsonGenerator generator = createGenerator(target)) {
            writeValue(generator, value);
        }
    }

    @Override
    protected @Nullable Object _readMapAndClose(DeserializationContextExt context, JsonParser parser, JavaType type) {
        try {
            return super._readMapAndClose(context, parser, type);
        } catch (RuntimeException e) {
            throw translated(e, parser);
        }
    }

    @Override
    protected @Nullable Object _readValue(DeserializationContextExt context, JsonParser parser, JavaType type) {
        try {
            return super._readValue(context, parser, type);
        } catch (RuntimeException e) {
            throw translated(e, parser);
        }
    }

    private static RuntimeException translated(RuntimeException e, JsonParser parser) {
        return parser instanceof EtfParser etf ? EtfErrors.reading(e, etf) : e;
    }

    /// Builds a mapper. For one thread.
    public static final class Builder extends MapperBuilder<EtfMapper, Builder> {
        Builder(EtfFactory factory) {
            super(factory);
        }

        Builder(MapperBuilderState state) {
            super(state);
        }

        public Builder configure(EtfReadFeature feature, boolean enabled) {
            _formatReadFeatures = FormatFlags.with(_formatReadFeatures, feature, enabled);
            return this;
        }

        public Builder configure(EtfWriteFeature feature, boolean enabled) {
            _formatWriteFeatures = FormatFlags.with(_formatWriteFeatures, feature, enabled);
            return this;
        }

        @Override
        public EtfMapper build() {
            return new EtfMapper(this);
        }

        @Override
        protected MapperBuilderState _saveState() {
            return new State(this);
        }

        private static final class State extends MapperBuilderState {
            private static final long serialVersionUID = 1L;

            State(Builder source) {
                super(source);
            }

            @Override
            protected Object readResolve() {
                return new Builder(this).build();
            }
        }
    }
}
