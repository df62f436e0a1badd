package dev.pier.erlang;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/// A type with its parameters, which a `Class` does not have:
///
/// ```java
/// List<User> users = reply.as(new TypeReference<List<User>>() {});
/// ```
///
/// Immutable.
public abstract class TypeReference<T> {
    private final Type type;

    /// @throws IllegalArgumentException if the subclass does not say which type it stands for
    protected TypeReference() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType self)
                || self.getRawType() != TypeReference.class) {
            throw new IllegalArgumentException("a type is meant by new TypeReference<List<User>>() {}");
        }
        type = self.getActualTypeArguments()[0];
    }

    /// The type that is meant.
    public final Type type() {
        return type;
    }

    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
