package dev.pier.spring.boot;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.opentelemetry.ErlangTracing;
import dev.pier.erlang.transport.TlsUse;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/// Starts the node of `pier.erlang`, makes its peers beans, and lets Erlang reach the application.
///
/// The names of the beans are those of the server: `erlang/node`, and `erlang/<name>` for each peer. An
/// application that defines an [ErlangNode] gets no other one; the peers are those of its node then.
@AutoConfiguration
@ConditionalOnProperty(prefix = ErlangProperties.PREFIX, name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(ErlangProperties.class)
@Import(PeerBeans.class)
public final class ErlangAutoConfiguration {
    /// The default of Spring Boot.
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    @Bean(name = PeerBeans.PREFIX + "node", destroyMethod = "close")
    @ConditionalOnMissingBean(ErlangNode.class)
    NodeRuntime erlangNode(
            ErlangProperties properties,
            ObjectProvider<ErlangConnectionDetails> details,
            ObjectProvider<ErlangNodeCustomizer> customizers) {
        @Nullable ErlangConnectionDetails given = details.getIfAvailable();
        NodeBuilder builder = NodeSetup.builder(properties, given);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        boolean ofProperties = given == null || given.node() == null;
        if (ofProperties
                && properties.listen().tls() == TlsUse.REQUIRED
                && builder.settings().tls() == null) {
            throw ErlangStartException.of("listen.tls", "is required, and pier.erlang.tls has no certificate");
        }
        try {
            return builder.start();
        } catch (IOException | IllegalArgumentException e) {
            throw ErlangStartException.of(builder.settings().name().toString(), e);
        }
    }

    @Bean
    ErlangServing erlangServing(ErlangNode node, ConfigurableListableBeanFactory beans, Environment environment) {
        Duration timeout = Binder.get(environment)
                .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
                .orElse(STOP_TIMEOUT);
        return new ErlangServing(node, beans, timeout);
    }

    @Bean
    EndlessResponses erlangEndlessResponses(ErlangNode node) {
        return new EndlessResponses(node);
    }

    /// Makes the calls of the node spans of the application's OpenTelemetry, if it has one.
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(OpenTelemetry.class)
    static class Tracing {
        @Bean
        ErlangNodeCustomizer erlangTracingCustomizer(ObjectProvider<OpenTelemetry> openTelemetry) {
            return node -> openTelemetry.ifUnique(its -> node.tracing(ErlangTracing.of(its)));
        }
    }
}
