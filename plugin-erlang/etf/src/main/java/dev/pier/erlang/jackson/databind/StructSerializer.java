package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Elixir;
import dev.pier.erlang.jackson.EtfGenerator;
import dev.pier.erlang.jackson.MapShape;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import java.util.Set;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/// Writes a value as the struct that Elixir has for it, for [dev.pier.erlang.AsStruct].
final class StructSerializer extends StdSerializer<Object> {
    StructSerializer() {
        super(Object.class);
    }

    @Override
    public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
        try {
            generator.writeEmbeddedObject(Elixir.struct(value));
        } catch (IllegalArgumentException e) {
            throw new BadArgument(String.valueOf(e.getMessage()), e);
        }
    }

    /// Writes a set as a `MapSet`, whose elements are what they are elsewhere.
    static final class OfSet extends StdSerializer<Object> {
        private static final SerializedString STRUCT = new SerializedString(MapShape.STRUCT.name());
        private static final SerializedString MAP = new SerializedString("map");
        private static final Atom NAME = Elixir.module("MapSet");

        OfSet() {
            super(Object.class);
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            if (!(generator instanceof EtfGenerator etf)) {
                throw new BadArgument("a MapSet can be written as a term only");
            }
            etf.writeStartObject(null);
            etf.writeName(STRUCT);
            etf.writeEmbeddedObject(NAME);
            etf.writeName(MAP);
            etf.writeStartObject(null);
            for (Object element : (Set<?>) value) {
                etf.startKey();
                context.writeValue(etf, element);
                etf.endKey();
                etf.writeEmbeddedObject(ListTerm.of());
            }
            etf.writeEndObject();
            etf.writeEndObject();
        }
    }
}
