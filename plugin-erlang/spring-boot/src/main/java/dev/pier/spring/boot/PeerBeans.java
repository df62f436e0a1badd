package dev.pier.spring.boot;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import java.util.Map;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/// Registers a bean for each peer of `pier.erlang.peers`: named `erlang/<name>`, and with its name as a
/// qualifier.
final class PeerBeans implements ImportBeanDefinitionRegistrar {
    static final String PREFIX = "erlang/";

    /// By name: an application need not have the class.
    private static final String NAMED = "jakarta.inject.Named";

    private final Environment environment;
    private final BeanFactory beans;

    PeerBeans(Environment environment, BeanFactory beans) {
        this.environment = environment;
        this.beans = beans;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        Binder.get(environment)
                .bind(ErlangProperties.PREFIX + ".peers", Bindable.mapOf(String.class, PeerProperties.class))
                .orElse(Map.of())
                .keySet()
                .forEach(name -> register(name, registry));
    }

    private void register(String name, BeanDefinitionRegistry registry) {
        RootBeanDefinition peer = new RootBeanDefinition(
                Peer.class, () -> beans.getBean(ErlangNode.class).peer(name));
        peer.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        peer.addQualifier(new AutowireCandidateQualifier(NAMED, name));
        registry.registerBeanDefinition(PREFIX + name, peer);
    }
}
