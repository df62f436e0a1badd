package dev.pier.spring.boot;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Message;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.term.Term;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/// A method with [ErlangListener], and its bean.
///
/// @param name under which its process is registered
/// @param bean a proxy, if the bean has one
/// @param method can be called on the bean
record ListenerMethod(String name, Object bean, Method method) {
    /// @throws IllegalStateException if the method cannot be a listener
    static ListenerMethod of(ErlangListener listener, Object bean, Method declared) {
        List<Type> types = List.of(declared.getGenericParameterTypes());
        if (declared.getReturnType() != void.class) {
            throw refused(declared, "it returns a value, which has no receiver: make it void");
        }
        if (types.stream().filter(type -> type != ErlangProcess.class).count() != 1
                || types.size() - types.stream().distinct().count() > 0) {
            throw refused(declared, "it has one parameter for the message, and may have one of type ErlangProcess");
        }
        try {
            Method method = AopUtils.selectInvocableMethod(declared, bean.getClass());
            method.setAccessible(true);
            return new ListenerMethod(listener.value(), bean, method);
        } catch (IllegalStateException e) {
            throw refused(declared, "its bean has a proxy, which does not have the method: " + e.getMessage());
        }
    }

    private static IllegalStateException refused(Method method, String why) {
        return new IllegalStateException(
                "@" + ErlangListener.class.getSimpleName() + " on " + method.toGenericString() + ": " + why);
    }

    /// @throws IllegalStateException if the name is taken, or cannot be an atom
    ErlangProcess register(ErlangNode node, ServedProcess process) {
        try {
            return node.register(name, process.handler(this::handle));
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw refused(method, String.valueOf(e.getMessage()));
        }
    }

    private void handle(Message message, ErlangProcess self) throws Exception {
        @Nullable
        Object[] arguments = Stream.of(method.getGenericParameterTypes())
                .map(type -> argument(type, message, self))
                .toArray();
        try {
            method.invoke(bean, arguments);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }

    private static Object argument(Type type, Message message, ErlangProcess self) {
        if (type == ErlangProcess.class) {
            return self;
        }
        if (type == Message.class) {
            return message;
        }
        return type == Term.class ? message.term() : message.as(TypeReference.of(type));
    }
}
