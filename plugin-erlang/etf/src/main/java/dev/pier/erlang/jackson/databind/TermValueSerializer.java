package dev.pier.erlang.jackson.databind;

import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.std.StdSerializer;

/// Writes values that [dev.pier.erlang.jackson.EtfGenerator] supports, or that can be converted to such. They need
/// no type id, because they have a type of their own in Erlang.
final class TermValueSerializer<T> extends StdSerializer<T> {
    private final Function<? super T, ?> toSupported;

    /// @param toSupported converts a value to one that the generator supports
    TermValueSerializer(Class<T> type, Function<? super T, ?> toSupported) {
        super(type);
        this.toSupported = toSupported;
    }

    /// A serializer for values that the generator supports.
    static <T> TermValueSerializer<T> of(Class<T> type) {
        return new TermValueSerializer<>(type, Function.identity());
    }

    @Override
    public void serialize(T value, JsonGenerator generator, SerializationContext context) {
        generator.writeEmbeddedObject(toSupported.apply(value));
    }

    @Override
    public void serializeWithType(
            T value, JsonGenerator generator, SerializationContext context, TypeSerializer typer) {
        serialize(value, generator, context);
    }
}
