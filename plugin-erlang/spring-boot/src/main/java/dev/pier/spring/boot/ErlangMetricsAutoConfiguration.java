package dev.pier.spring.boot;

import dev.pier.erlang.metrics.ErlangMetrics;
import dev.pier.erlang.node.NodeRuntime;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/// Adds the meters of the node and its peers to those of the application: the same as at the admin port of the
/// server.
@AutoConfiguration(
        after = ErlangAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
@ConditionalOnBean({NodeRuntime.class, ErlangProperties.class})
public final class ErlangMetricsAutoConfiguration {
    @Bean
    ErlangMetrics erlangMetrics(MeterRegistry registry) {
        return new ErlangMetrics(registry);
    }

    /// Before the node starts.
    @Bean
    ErlangNodeCustomizer erlangMetricsCustomizer(ErlangMetrics metrics) {
        return metrics::observe;
    }

    /// After it has started.
    @Bean
    SmartInitializingSingleton erlangMetricsOfNode(ErlangMetrics metrics, NodeRuntime node) {
        return () -> metrics.register(node);
    }
}
