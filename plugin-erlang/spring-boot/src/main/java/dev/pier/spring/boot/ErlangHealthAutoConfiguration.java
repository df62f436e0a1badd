package dev.pier.spring.boot;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.node.NodeRuntime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/// Adds `erlang` to the health of the application: the node, and each peer under its name.
@AutoConfiguration(after = ErlangAutoConfiguration.class)
@ConditionalOnClass(HealthContributor.class)
@ConditionalOnBean({ErlangNode.class, ErlangProperties.class})
public final class ErlangHealthAutoConfiguration {
    @Bean
    @ConditionalOnEnabledHealthIndicator("erlang")
    @ConditionalOnMissingBean(name = "erlangHealthContributor")
    HealthContributor erlangHealthContributor(ErlangNode node, ErlangProperties properties) {
        Map<String, HealthContributor> all = new LinkedHashMap<>();
        if (node instanceof NodeRuntime runtime) {
            all.put("node", new ErlangHealth.OfNode(runtime));
        }
        properties
                .peers()
                .forEach((name, peer) -> all.put(name, new ErlangHealth.OfPeer(node.peer(name), peer.required())));
        return CompositeHealthContributor.fromMap(all);
    }
}
