package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.jackson.EtfParser;
import dev.pier.erlang.jackson.MapShape;
import dev.pier.erlang.term.Atom;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;

/// Checks the name of a struct of Elixir, and lets Jackson read the map, for [dev.pier.erlang.ElixirStruct]. Safe for
/// many threads.
final class StructDeserializer extends DelegatingDeserializer {
    private final Atom struct;

    StructDeserializer(ValueDeserializer<?> fields, Atom struct) {
        super(fields);
        this.struct = struct;
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> fields) {
        return new StructDeserializer(fields, struct);
    }

    @Override
    public @Nullable Object deserialize(JsonParser p, DeserializationContext context) {
        if (p instanceof EtfParser etf) {
            Atom name = etf.structName().orElse(null);
            if (!struct.equals(name)) {
                throw new UnexpectedTerm("expected " + MapShape.shown(struct) + ", got "
                        + (name == null ? etf.summary() : MapShape.shown(name)));
            }
        }
        return super.deserialize(p, context);
    }
}
