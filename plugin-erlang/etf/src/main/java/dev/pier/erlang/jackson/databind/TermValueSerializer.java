package dev.pier.erlang.jackson.databind;

import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.std.StdSerializer;

/// Writes values that [EtfGenerator] knows, or that become such. They have a type of their own in Erlang, and so
/// no type id beside them.
final class TermValueSerializer<T> extends StdSerializer<T> {
    private final Function<? super T, ?> known;

    /// @param known makes of a value what the generator knows
    TermValueSerializer(Class<T> type, Function<? super T, ?> known) {
        super(type);
        this.known = known;
    }

    /// For values that it knows as they are.
    static <T> TermValueSerializer<T> of(Class<T> type) {
        return new TermValueSerializer<>(type, Function.identity());
    }

    @Override
    public void serialize(T value, JsonGenerator generator, SerializationContext context) {
        generator.writeEmbeddedObject(known.apply(value));
    }

    @Override
    public void serializeWithType(
            T value, JsonGenerator generator, SerializationContext context, TypeSerializer typer) {
        serialize(value, generator, context);
    }
}
