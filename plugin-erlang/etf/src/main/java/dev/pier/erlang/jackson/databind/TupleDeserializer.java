package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.jackson.EtfParser;
import dev.pier.erlang.jackson.TupleShape;
import dev.pier.erlang.term.Atom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;

/// Checks the size and the tag of a tuple, and lets Jackson read the rest as an array. Safe for many threads.
final class TupleDeserializer extends DelegatingDeserializer {
    private final TupleShape tuple;

    TupleDeserializer(ValueDeserializer<?> elements, TupleShape tuple) {
        super(elements);
        this.tuple = tuple;
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> elements) {
        return new TupleDeserializer(elements, tuple);
    }

    @Override
    public @Nullable Object deserialize(JsonParser p, DeserializationContext context) {
        if (p instanceof EtfParser etf) {
            Optional<String> tag = tuple.tag().map(Atom::name);
            if (!etf.isStartTuple()
                    || etf.tupleArity() != tuple.arity()
                    || (tag.isPresent() && !etf.tupleTag().equals(tag))) {
                throw new UnexpectedTerm("expected tuple " + tuple.pattern() + ", got " + etf.summary());
            }
            if (tag.isPresent()) {
                etf.skipTupleTag();
            }
        }
        return super.deserialize(p, context);
    }
}
