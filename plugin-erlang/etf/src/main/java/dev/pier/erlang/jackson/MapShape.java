package dev.pier.erlang.jackson;

import dev.pier.erlang.AsKeyword;
import dev.pier.erlang.ElixirStruct;
import dev.pier.erlang.term.Atom;
import java.util.Optional;

/// The form of the terms of a class that are neither tuples nor plain maps. Immutable.
///
/// @param keyword whether it is a keyword list, as [AsKeyword] says
/// @param struct the value of `__struct__`, as [ElixirStruct] says
public record MapShape(boolean keyword, Optional<Atom> struct) {
    /// The key under which a struct has its name.
    public static final Atom STRUCT = Atom.of("__struct__");

    private static final String PREFIX = "Elixir.";
    private static final MapShape PLAIN = new MapShape(false, Optional.empty());

    private static final ClassValue<MapShape> SHAPES = new ClassValue<>() {
        @Override
        protected MapShape computeValue(Class<?> type) {
            ElixirStruct struct = type.getAnnotation(ElixirStruct.class);
            boolean keyword = type.isAnnotationPresent(AsKeyword.class);
            if (struct == null && !keyword) {
                return PLAIN;
            }
            String annotation = struct == null ? "@AsKeyword" : "@ElixirStruct";
            if (!type.isRecord()) {
                throw new IllegalArgumentException(
                        annotation + " requires a record: " + type.getName() + " is not one");
            }
            if (struct != null && keyword) {
                throw new IllegalArgumentException(
                        type.getName() + " can be one of @AsTuple, @AsKeyword and @ElixirStruct");
            }
            return struct == null
                    ? new MapShape(true, Optional.empty())
                    : new MapShape(false, Optional.of(Atom.of(PREFIX + struct.value())));
        }
    };

    public static MapShape of(Class<?> type) {
        return SHAPES.get(type);
    }

    /// The struct as Elixir writes it: `%MyApp.User{}`.
    public static String shown(Atom struct) {
        String name = struct.name();
        return "%" + (name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name) + "{}";
    }
}
