package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.jackson.EtfParser;
import dev.pier.erlang.jackson.MapShape;
import dev.pier.erlang.jackson.TupleShape;
import dev.pier.erlang.term.Atom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.deser.std.StdDeserializer;

/// Reads a sealed type whose classes are distinguished by the shape of the term: tuples by tag and size, atoms by
/// their name in an enum; at most one class can be a map.
final class TaggedDeserializer extends StdDeserializer<Object> {
    private final JavaType type;
    private final List<Class<?>> classes;

    private TaggedDeserializer(JavaType type, List<Class<?>> classes) {
        super(type);
        this.type = type;
        this.classes = classes;
    }

    /// A deserializer for the type, if it is sealed and one of its classes is a tuple.
    static Optional<TaggedDeserializer> of(JavaType type) {
        if (!type.getRawClass().isSealed()) {
            return Optional.empty();
        }
        List<Class<?>> classes = new ArrayList<>();
        collect(type.getRawClass(), classes);
        return classes.stream()
                        .anyMatch(c -> TupleShape.of(c).isPresent()
                                || MapShape.of(c).struct().isPresent())
                ? Optional.of(new TaggedDeserializer(type, List.copyOf(classes)))
                : Optional.empty();
    }

    private static void collect(Class<?> sealed, List<Class<?>> classes) {
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                collect(permitted, classes);
            } else {
                classes.add(permitted);
            }
        }
    }

    @Override
    public @Nullable Object deserialize(JsonParser p, DeserializationContext context) {
        if (!(p instanceof EtfParser etf)) {
            return context.handleUnexpectedToken(type, p);
        }
        Class<?> chosen = null;
        for (Class<?> candidate : classes) {
            if (fits(etf, candidate)) {
                chosen = candidate;
                break;
            }
        }
        if (chosen == null) {
            throw new UnexpectedTerm("expected " + patterns() + ", got " + etf.summary());
        }
        if (chosen.isEnum()) {
            return constant(chosen, etf.getString()).orElseThrow();
        }
        JavaType concrete = context.constructSpecializedType(type, chosen);
        return context.findContextualValueDeserializer(concrete, null).deserialize(p, context);
    }

    private static boolean fits(EtfParser p, Class<?> candidate) {
        Optional<TupleShape> tuple = TupleShape.of(candidate);
        if (tuple.isPresent()) {
            return p.isStartTuple()
                    && p.tupleArity() == tuple.get().arity()
                    && (tuple.get().tag().isEmpty()
                            || p.tupleTag().equals(tuple.get().tag().map(Atom::name)));
        }
        if (candidate.isEnum()) {
            return p.isAtom() && constant(candidate, p.getString()).isPresent();
        }
        Optional<Atom> struct = MapShape.of(candidate).struct();
        return p.isExpectedStartObjectToken()
                && (struct.isEmpty() || p.structName().equals(struct));
    }

    /// Jackson's deserializer of the enum is not used, because it reads `undefined` as null.
    private static Optional<?> constant(Class<?> enumClass, @Nullable String name) {
        return Arrays.stream(enumClass.getEnumConstants())
                .filter(constant -> ((Enum<?>) constant).name().equalsIgnoreCase(name))
                .findFirst();
    }

    private String patterns() {
        return classes.stream().map(TaggedDeserializer::pattern).collect(Collectors.joining(" or "));
    }

    private static String pattern(Class<?> candidate) {
        Optional<TupleShape> tuple = TupleShape.of(candidate);
        if (tuple.isPresent()) {
            return tuple.get().pattern();
        }
        if (!candidate.isEnum()) {
            return MapShape.of(candidate).struct().map(MapShape::shown).orElse("map");
        }
        List<String> names = new ArrayList<>();
        for (Object constant : candidate.getEnumConstants()) {
            names.add(((Enum<?>) constant).name().toLowerCase(Locale.ROOT));
        }
        return String.join(" or ", names);
    }

    @Override
    public @Nullable Object getNullValue(DeserializationContext context) {
        JsonParser p = context.getParser();
        boolean own = p instanceof EtfParser etf
                && etf.hasToken(JsonToken.VALUE_NULL)
                && classes.stream().anyMatch(c -> c.isEnum() && fits(etf, c));
        return own ? deserialize(p, context) : null;
    }

    @Override
    public @Nullable Object getAbsentValue(DeserializationContext context) {
        return null;
    }
}
