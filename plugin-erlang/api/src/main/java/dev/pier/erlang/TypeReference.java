package dev.pier.erlang;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/// A type with its type arguments, which a `Class` does not have:
///
/// ```java
/// List<User> users = reply.as(new TypeReference<List<User>>() {});
/// ```
///
/// Immutable.
public abstract class TypeReference<T> {
    private final Type type;

    /// @throws IllegalArgumentException if the subclass names no type argument
    protected TypeReference() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType self)
                || self.getRawType() != TypeReference.class) {
            throw new IllegalArgumentException(
                    "a TypeReference needs a type argument: new TypeReference<List<User>>() {}");
        }
        type = self.getActualTypeArguments()[0];
    }

    private TypeReference(Type type) {
        this.type = type;
    }

    /// A type that is known at run time only, such as that of a method's parameter.
    public static TypeReference<?> of(Type type) {
        return new Given(type);
    }

    private static final class Given extends TypeReference<Object> {
        private Given(Type type) {
            super(type);
        }
    }

    /// The type argument.
    public final Type type() {
        return type;
    }

    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
