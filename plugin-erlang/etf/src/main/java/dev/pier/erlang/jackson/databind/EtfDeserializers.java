package dev.pier.erlang.jackson.databind;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.pier.erlang.Charlist;
import dev.pier.erlang.jackson.EtfParser;
import dev.pier.erlang.jackson.MapShape;
import dev.pier.erlang.jackson.TupleShape;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.KeyDeserializers;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.bean.BeanDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.type.ArrayType;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;

/// Deserializers for types whose Erlang form differs from JSON. Safe for many threads.
final class EtfDeserializers implements Deserializers {
    @Override
    public @Nullable ValueDeserializer<?> findBeanDeserializer(
            JavaType type, DeserializationConfig config, BeanDescription.Supplier description) {
        Class<?> raw = type.getRawClass();
        if (raw == String.class || raw == CharSequence.class) {
            return TextDeserializer.TEXT;
        }
        if (raw == Object.class) {
            return new UntypedDeserializer();
        }
        if (raw == Charlist.class) {
            return new TextDeserializer.OfCharlist();
        }
        if (raw == ByteBuffer.class) {
            return new BytesDeserializer.OfBuffer();
        }
        if (raw == UUID.class) {
            return new BytesDeserializer.OfUuid();
        }
        if (Term.class.isAssignableFrom(raw)) {
            return new TermDeserializer(raw);
        }
        return raw.isAnnotationPresent(JsonTypeInfo.class)
                ? null
                : TaggedDeserializer.of(type).orElse(null);
    }

    @Override
    public @Nullable ValueDeserializer<?> findArrayDeserializer(
            ArrayType type,
            DeserializationConfig config,
            BeanDescription.Supplier description,
            @Nullable TypeDeserializer elementTyper,
            @Nullable ValueDeserializer<?> elements) {
        return type.getRawClass() == byte[].class ? BytesDeserializer.BYTES : null;
    }

    @Override
    public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
        return type == Charlist.class || Term.class.isAssignableFrom(type);
    }

    /// Keys that are not text.
    static final class OfKeys implements KeyDeserializers {
        @Override
        public @Nullable KeyDeserializer findKeyDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription.@Nullable Supplier description) {
            Class<?> raw = type.getRawClass();
            return raw == Object.class || Term.class.isAssignableFrom(raw) ? new TermDeserializer.OfKey(raw) : null;
        }
    }

    /// Wraps the deserializers of types that have several Erlang forms.
    static final class Modifier extends ValueDeserializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
            Class<?> type = description.getBeanClass();
            ValueDeserializer<?> fields = type.isRecord() && deserializer.getClass() == BeanDeserializer.class
                    ? RecordDeserializer.of((BeanDeserializer) deserializer)
                    : deserializer;
            Optional<Atom> struct = MapShape.of(type).struct();
            if (struct.isPresent()) {
                return new StructDeserializer(fields, struct.get());
            }
            return TupleShape.of(type)
                    .<ValueDeserializer<?>>map(tuple -> new TupleDeserializer(fields, tuple))
                    .orElseGet(() -> isOfJdk(type) && !isOwn(fields) ? new OfJdkValue(fields) : fields);
        }

        @Override
        public ValueDeserializer<?> modifyEnumDeserializer(
                DeserializationConfig config,
                JavaType type,
                BeanDescription.Supplier description,
                ValueDeserializer<?> deserializer) {
            return isOfJdk(type.getRawClass()) ? new OfJdkValue(deserializer) : deserializer;
        }

        private static boolean isOfJdk(Class<?> type) {
            return type.getName().startsWith("java.");
        }

        private static boolean isOwn(ValueDeserializer<?> deserializer) {
            return deserializer.getClass().getPackage() == EtfDeserializers.class.getPackage();
        }

        @Override
        public ValueDeserializer<?> modifyCollectionDeserializer(
                DeserializationConfig config,
                CollectionType type,
                BeanDescription.Supplier description,
                ValueDeserializer<?> deserializer) {
            return type.getRawClass().isAssignableFrom(LinkedHashSet.class)
                            || Set.class.isAssignableFrom(type.getRawClass())
                    ? new ElixirValues.OfMapSet(deserializer)
                    : deserializer;
        }

        @Override
        public ValueDeserializer<?> modifyMapDeserializer(
                DeserializationConfig config,
                MapType type,
                BeanDescription.Supplier description,
                ValueDeserializer<?> deserializer) {
            return new OfProplist(deserializer);
        }
    }

    /// Reads a value of a class of the JDK. Some of Jackson's deserializers return any embedded object, whatever its
    /// class: a fun where a date is expected.
    private static final class OfJdkValue extends DelegatingDeserializer {
        OfJdkValue(ValueDeserializer<?> value) {
            super(value);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> value) {
            return new OfJdkValue(value);
        }

        @Override
        public @Nullable Object deserialize(JsonParser p, DeserializationContext context) {
            if (p.hasToken(JsonToken.START_OBJECT) && p instanceof EtfParser etf) {
                Optional<Object> value = ElixirValues.read(etf, handledType());
                if (value.isPresent()) {
                    return value.get();
                }
            }
            return p.hasToken(JsonToken.VALUE_EMBEDDED_OBJECT) && !handledType().isInstance(p.getEmbeddedObject())
                    ? context.handleUnexpectedToken(context.constructType(handledType()), p)
                    : super.deserialize(p, context);
        }
    }

    /// Reads a map or a proplist. Jackson's deserializers of maps do not ask for an object, as those of beans do.
    private static final class OfProplist extends DelegatingDeserializer {
        OfProplist(ValueDeserializer<?> map) {
            super(map);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> map) {
            return new OfProplist(map);
        }

        @Override
        public @Nullable Object deserialize(JsonParser p, DeserializationContext context) {
            // This call converts the token of a proplist, and leaves others unchanged.
            boolean _ = p.isExpectedStartObjectToken();
            return super.deserialize(p, context);
        }
    }
}
