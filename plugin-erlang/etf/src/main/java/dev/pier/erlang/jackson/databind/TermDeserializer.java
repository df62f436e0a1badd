package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.jackson.EtfErrors;
import dev.pier.erlang.jackson.EtfParser;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;

/// Reads a term, if it is of the requested kind.
final class TermDeserializer extends StdDeserializer<Term> {
    private final Class<?> kind;

    TermDeserializer(Class<?> kind) {
        super(kind);
        this.kind = kind;
    }

    @Override
    public @Nullable Term deserialize(JsonParser p, DeserializationContext context) {
        if (p instanceof EtfParser etf) {
            Term read = etf.readTerm();
            if (!kind.isInstance(read)) {
                throw new UnexpectedTerm("expected " + EtfErrors.expected(kind) + ", got " + etf.summary());
            }
            return read;
        }
        // Jackson has buffered the value: containers exist as tokens only.
        Object buffered = p.getEmbeddedObject();
        return kind.isInstance(buffered)
                ? (Term) buffered
                : (Term) context.handleUnexpectedToken(context.constructType(kind), p);
    }

    @Override
    public @Nullable Object deserializeWithType(JsonParser p, DeserializationContext context, TypeDeserializer typer) {
        return deserialize(p, context);
    }

    /// The atoms that are read as null elsewhere stay atoms here.
    @Override
    public @Nullable Object getNullValue(DeserializationContext context) {
        return kind.isAssignableFrom(Atom.class)
                        && context.getParser() instanceof EtfParser etf
                        && etf.hasToken(JsonToken.VALUE_NULL)
                ? etf.readTerm()
                : null;
    }

    @Override
    public @Nullable Object getAbsentValue(DeserializationContext context) {
        return null;
    }

    /// Reads a key of a map as a term.
    static final class OfKey extends KeyDeserializer {
        private final Class<?> kind;

        OfKey(Class<?> kind) {
            this.kind = kind;
        }

        @Override
        public Object deserializeKey(String name, DeserializationContext context) {
            if (context.getParser() instanceof EtfParser etf) {
                Object key = kind == Object.class ? UntypedDeserializer.key(etf, name) : etf.readKey();
                if (kind.isInstance(key)) {
                    return key;
                }
            }
            return context.handleWeirdKey(kind, name, "not a " + kind.getSimpleName());
        }
    }
}
