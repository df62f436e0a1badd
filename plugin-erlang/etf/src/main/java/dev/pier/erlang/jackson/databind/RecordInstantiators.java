package dev.pier.erlang.jackson.databind;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.ValueInstantiators;
import tools.jackson.databind.deser.std.StdValueInstantiator;

/// Creates records directly through their constructor. Safe for many threads.
///
/// Jackson adapts a method handle for each record, which takes a good part of the time of a short one.
final class RecordInstantiators extends ValueInstantiators.Base {
    @Override
    public ValueInstantiator modifyValueInstantiator(
            DeserializationConfig config, BeanDescription.Supplier description, ValueInstantiator standard) {
        return standard.getClass() == StdValueInstantiator.class
                        && description.getBeanClass().isRecord()
                        && standard.getWithArgsCreator() != null
                        && standard.getWithArgsCreator().getAnnotated() instanceof Constructor<?> constructor
                ? accessible(constructor)
                        .<ValueInstantiator>map(c -> new OfRecord((StdValueInstantiator) standard, c))
                        .orElse(standard)
                : standard;
    }

    private static Optional<Constructor<?>> accessible(Constructor<?> constructor) {
        return constructor.trySetAccessible() ? Optional.of(constructor) : Optional.empty();
    }

    private static final class OfRecord extends StdValueInstantiator {
        private static final long serialVersionUID = 1L;

        private final transient Constructor<?> constructor;

        OfRecord(StdValueInstantiator standard, Constructor<?> constructor) {
            super(standard);
            this.constructor = constructor;
        }

        @Override
        public @Nullable Object createFromObjectWith(DeserializationContext context, Object[] components) {
            try {
                return constructor.newInstance(components);
            } catch (InvocationTargetException e) {
                return context.handleInstantiationProblem(
                        _valueClass, components, rewrapCtorProblem(context, e.getCause()));
            } catch (ReflectiveOperationException e) {
                return context.handleInstantiationProblem(_valueClass, components, rewrapCtorProblem(context, e));
            }
        }
    }
}
