package dev.pier.erlang.jackson;

import dev.pier.erlang.AsTuple;
import dev.pier.erlang.term.Atom;
import java.util.Optional;
import java.util.StringJoiner;

/// What [AsTuple] says of a class.
///
/// @param tag the atom that the tuple begins with
/// @param arity the size of the tuple, tag included
public record TupleShape(Optional<Atom> tag, int arity) {
    private static final ClassValue<Optional<TupleShape>> KNOWN = new ClassValue<>() {
        @Override
        protected Optional<TupleShape> computeValue(Class<?> type) {
            AsTuple annotation = type.getAnnotation(AsTuple.class);
            if (annotation == null) {
                return Optional.empty();
            }
            if (!type.isRecord()) {
                throw new IllegalArgumentException(
                        "@AsTuple is for records, whose components have an order; " + type.getName() + " is none");
            }
            int components = type.getRecordComponents().length;
            return annotation.value().isEmpty()
                    ? Optional.of(new TupleShape(Optional.empty(), components))
                    : Optional.of(new TupleShape(Optional.of(Atom.of(annotation.value())), components + 1));
        }
    };

    /// As Erlang would write the pattern: `{ok,_}`.
    public String pattern() {
        StringJoiner pattern = new StringJoiner(",", "{", "}");
        tag.ifPresent(atom -> pattern.add(atom.toString()));
        for (int i = tag.isPresent() ? 1 : 0; i < arity; i++) {
            pattern.add("_");
        }
        return pattern.toString();
    }

    public static Optional<TupleShape> of(Class<?> type) {
        return KNOWN.get(type);
    }
}
