package dev.pier.erlang.jackson;

import dev.pier.erlang.AsKeyword;
import dev.pier.erlang.AsTuple;
import dev.pier.erlang.ElixirStruct;
import dev.pier.erlang.term.Atom;
import java.util.Optional;
import java.util.StringJoiner;

/// The tuple that a class with [AsTuple] is mapped to. Immutable.
///
/// @param tag the atom that the tuple begins with, if any
/// @param arity the size of the tuple, tag included
public record TupleShape(Optional<Atom> tag, int arity) {
    private static final ClassValue<Optional<TupleShape>> SHAPES = new ClassValue<>() {
        @Override
        protected Optional<TupleShape> computeValue(Class<?> type) {
            AsTuple annotation = type.getAnnotation(AsTuple.class);
            if (annotation == null) {
                return Optional.empty();
            }
            if (!type.isRecord()) {
                throw new IllegalArgumentException("@AsTuple requires a record: " + type.getName() + " is not one");
            }
            if (type.isAnnotationPresent(AsKeyword.class) || type.isAnnotationPresent(ElixirStruct.class)) {
                throw new IllegalArgumentException(
                        type.getName() + " can be one of @AsTuple, @AsKeyword and @ElixirStruct");
            }
            int components = type.getRecordComponents().length;
            return annotation.value().isEmpty()
                    ? Optional.of(new TupleShape(Optional.empty(), components))
                    : Optional.of(new TupleShape(Optional.of(Atom.of(annotation.value())), components + 1));
        }
    };

    /// The pattern in Erlang: `{ok,_}`.
    public String pattern() {
        StringJoiner pattern = new StringJoiner(",", "{", "}");
        tag.ifPresent(atom -> pattern.add(atom.toString()));
        for (int i = tag.isPresent() ? 1 : 0; i < arity; i++) {
            pattern.add("_");
        }
        return pattern.toString();
    }

    public static Optional<TupleShape> of(Class<?> type) {
        return SHAPES.get(type);
    }
}
