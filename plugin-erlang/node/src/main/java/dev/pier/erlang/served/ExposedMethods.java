package dev.pier.erlang.served;

import dev.pier.erlang.Arguments;
import dev.pier.erlang.ErlangFunction;
import dev.pier.erlang.ErlangModule;
import dev.pier.erlang.Exposed;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.term.Atom;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes served functions of the methods of an object that have [Exposed].
final class ExposedMethods {
    private ExposedMethods() {}

    static List<ServedFunction> of(Object target, ValueMapper mapper) {
        ErlangModule module = target.getClass().getAnnotation(ErlangModule.class);
        if (module == null) {
            throw new IllegalArgumentException(
                    target.getClass().getName() + " has no @ErlangModule, which names the module");
        }
        List<ServedFunction> functions = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Class<?> c = target.getClass(); c != null; c = c.getSuperclass()) {
            for (Method method : c.getDeclaredMethods()) {
                Exposed exposed = method.getAnnotation(Exposed.class);
                if (exposed != null && !method.isBridge()) {
                    ServedFunction function = function(Atom.of(module.value()), exposed, method, target, mapper);
                    if (!seen.add(function.toString())) {
                        throw new IllegalArgumentException(
                                "cannot expose " + method + ": another method of the object is exposed as " + function);
                    }
                    functions.add(function);
                }
            }
        }
        if (functions.isEmpty()) {
            throw new IllegalArgumentException(target.getClass().getName() + " has no method with @Exposed");
        }
        return functions;
    }

    private static ServedFunction function(
            Atom module, Exposed exposed, Method method, Object target, ValueMapper mapper) {
        method.setAccessible(true);
        String name = exposed.value().isEmpty() ? method.getName() : exposed.value();
        ErlangFunction body = new MethodFunction(target, method, List.of(method.getGenericParameterTypes()));
        return new ServedFunction(module, Atom.of(name), method.getParameterCount(), body, mapper);
    }

    private record MethodFunction(Object target, Method method, List<Type> types) implements ErlangFunction {
        @Override
        public @Nullable Object call(Arguments arguments) throws Exception {
            @Nullable Object[] values = new @Nullable Object[types.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = ((EncodedArguments) arguments).read(i, types.get(i));
            }
            try {
                return method.invoke(target, values);
            } catch (InvocationTargetException e) {
                switch (e.getCause()) {
                    case Exception exception -> throw exception;
                    case Error error -> throw error;
                    case null, default -> throw e;
                }
            }
        }
    }
}
