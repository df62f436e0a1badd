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

    /// The type argument.
    public final Type type() {
        return type;
    }

    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
