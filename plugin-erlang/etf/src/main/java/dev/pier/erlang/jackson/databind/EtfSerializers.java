package dev.pier.erlang.jackson.databind;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.pier.erlang.Charlist;
import dev.pier.erlang.JsonText;
import dev.pier.erlang.jackson.EtfGenerator;
import dev.pier.erlang.jackson.TupleShape;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.TermSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonToken;
import tools.jackson.core.type.WritableTypeId;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.Serializers;
import tools.jackson.databind.ser.std.StdSerializer;

/// Serializers for terms and other Erlang-specific values. Safe for many threads.
final class EtfSerializers implements Serializers {
    @Override
    public @Nullable ValueSerializer<?> findSerializer(
            SerializationConfig config,
            JavaType type,
            BeanDescription.Supplier description,
            JsonFormat.@Nullable Value format) {
        Class<?> raw = type.getRawClass();
        if (Term.class.isAssignableFrom(raw)
                || raw == Charlist.class
                || JsonText.class.isAssignableFrom(raw)
                || TermSource.class.isAssignableFrom(raw)) {
            return TermValueSerializer.of(raw);
        }
        // Jackson does not recognize a record without components.
        return raw.isRecord() && raw.getRecordComponents().length == 0 ? new OfEmptyRecord(raw) : null;
    }

    @Override
    public @Nullable ValueSerializer<?> findExplicitPOJOSerializer(
            SerializationConfig config,
            JavaType type,
            BeanDescription.Supplier description,
            JsonFormat.@Nullable Value format) {
        return null;
    }

    private static final class OfEmptyRecord extends StdSerializer<Object> {
        private final boolean tuple;

        OfEmptyRecord(Class<?> type) {
            super(type);
            tuple = TupleShape.of(type).isPresent();
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            if (tuple) {
                generator.writeStartArray(value, 0);
                generator.writeEndArray();
            } else {
                generator.writeStartObject(value);
                generator.writeEndObject();
            }
        }

        @Override
        public void serializeWithType(
                Object value, JsonGenerator generator, SerializationContext context, TypeSerializer typer) {
            if (tuple) {
                serialize(value, generator, context);
                return;
            }
            WritableTypeId id = typer.writeTypePrefix(generator, context, typer.typeId(value, JsonToken.START_OBJECT));
            typer.writeTypeSuffix(generator, context, id);
        }
    }

    /// Writes a `String` as an atom, for [dev.pier.erlang.AsAtom].
    static final class AsAtomSerializer extends StdSerializer<Object> {
        AsAtomSerializer() {
            super(Object.class);
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            if (generator instanceof EtfGenerator etf) {
                etf.writeAtom(value.toString());
            } else {
                generator.writeEmbeddedObject(Atom.of(value.toString()));
            }
        }
    }

    /// Writes a `String` as a list of code points, for [dev.pier.erlang.AsCharlist].
    static final class AsCharlistSerializer extends StdSerializer<Object> {
        AsCharlistSerializer() {
            super(Object.class);
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            generator.writeEmbeddedObject(Charlist.of(value.toString()));
        }
    }

    /// Keys of maps, as the terms that their own serializers write.
    static final class OfKeys implements Serializers {
        @Override
        public @Nullable ValueSerializer<?> findSerializer(
                SerializationConfig config,
                JavaType type,
                BeanDescription.Supplier description,
                JsonFormat.@Nullable Value format) {
            Class<?> raw = type.getRawClass();
            // Strings and enums have names; for Object, Jackson asks again with the key's class.
            return raw == String.class || type.isEnumType() || raw == Enum.class || raw == Object.class
                    ? null
                    : new KeySerializer();
        }
    }

    private static final class KeySerializer extends StdSerializer<Object> {
        KeySerializer() {
            super(Object.class);
        }

        @Override
        public void serialize(Object key, JsonGenerator generator, SerializationContext context) {
            if (generator instanceof EtfGenerator etf) {
                etf.startKey();
                context.writeValue(etf, key);
                etf.endKey();
            } else {
                generator.writeName(key.toString());
            }
        }
    }
}
