package dev.pier.spring.boot;

import dev.pier.erlang.ErlangModule;
import dev.pier.erlang.Exposed;
import dev.pier.erlang.GenServer;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/// The beans of the application that Erlang reaches, in the order of their definitions.
///
/// @param servers the `gen_server`s by their bean names, which become their registered names
/// @param listeners the methods that receive messages
/// @param modules the beans whose functions are exposed, by their bean names
record ServedBeans(
        SequencedMap<String, Object> servers, List<ListenerMethod> listeners, SequencedMap<String, Object> modules) {

    /// @throws IllegalStateException if a method cannot be a listener, or an exposed one cannot be called
    static ServedBeans of(ConfigurableListableBeanFactory beans) {
        ServedBeans served = new ServedBeans(new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());
        for (String name : beans.getBeanDefinitionNames()) {
            if (!beans.getBeanDefinition(name).isAbstract() && beans.isSingleton(name)) {
                Class<?> type = AutoProxyUtils.determineTargetClass(beans, name);
                if (type != null && !type.getName().startsWith("org.springframework.")) {
                    served.add(name, type, beans);
                }
            }
        }
        return served;
    }

    private void add(String name, Class<?> type, ConfigurableListableBeanFactory beans) {
        if (GenServer.class.isAssignableFrom(type)) {
            servers.put(name, beans.getBean(name));
        }
        if (AnnotationUtils.findAnnotation(type, ErlangModule.class) != null) {
            Object bean = beans.getBean(name);
            requireCallable(bean, type);
            modules.put(name, bean);
        }
        if (AnnotationUtils.isCandidateClass(type, ErlangListener.class)) {
            methods(type, ErlangListener.class)
                    .forEach((method, listener) ->
                            listeners.add(ListenerMethod.of(listener, beans.getBean(name), method)));
        }
    }

    private static <A extends Annotation> Map<Method, A> methods(Class<?> type, Class<A> annotation) {
        MethodIntrospector.MetadataLookup<A> lookup =
                method -> AnnotatedElementUtils.findMergedAnnotation(method, annotation);
        return MethodIntrospector.selectMethods(type, lookup);
    }

    /// A proxy passes a call on unless the method is private or final: such a method would run on the proxy
    /// itself, whose fields are empty.
    private static void requireCallable(Object bean, Class<?> type) {
        if (AopUtils.isAopProxy(bean)) {
            for (Method method : methods(type, Exposed.class).keySet()) {
                if (Modifier.isPrivate(method.getModifiers()) || Modifier.isFinal(method.getModifiers())) {
                    throw new IllegalStateException("cannot expose " + method.toGenericString()
                            + ": its bean has a proxy, which private and final methods bypass");
                }
            }
        }
    }
}
