package dev.pier.spring.boot;

import dev.pier.testkit.FakeErlang;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/// Connects the node to the test kit's [FakeErlang] beans: each is the peer that has the name of the bean. The
/// node has a name of its own in each application context, so that contexts can run side by side.
@AutoConfiguration(before = ErlangAutoConfiguration.class)
@ConditionalOnClass(FakeErlang.class)
@ConditionalOnProperty(prefix = ErlangProperties.PREFIX, name = "enabled", matchIfMissing = true)
@ConditionalOnBean(FakeErlang.class)
@ConditionalOnMissingBean(ErlangConnectionDetails.class)
@EnableConfigurationProperties(ErlangProperties.class)
public final class FakeErlangAutoConfiguration {
    private static final AtomicInteger contexts = new AtomicInteger();

    @Bean
    ErlangConnectionDetails fakeErlangConnectionDetails(Map<String, FakeErlang> fakes, ErlangProperties properties) {
        fakes.keySet().stream()
                .filter(name -> !properties.peers().containsKey(name))
                .findFirst()
                .ifPresent(name -> {
                    throw ErlangStartException.of(
                            "peers." + name,
                            "is missing: the FakeErlang bean '" + name + "' has the name of no peer; there are "
                                    + properties.peers().keySet());
                });
        return new FakeDetails(
                "test-" + ProcessHandle.current().pid() + "-" + contexts.incrementAndGet() + "@localhost",
                new LinkedHashMap<>(fakes));
    }

    private record FakeDetails(String node, Map<String, FakeErlang> fakes) implements ErlangConnectionDetails {
        @Override
        public String cookie() {
            return fakes.values().iterator().next().cookie();
        }

        @Override
        public Integer epmdPort() {
            return FakeErlang.epmdPort();
        }

        @Override
        public @Nullable PeerNodes peer(String name) {
            FakeErlang fake = fakes.get(name);
            return fake == null ? null : new PeerNodes(List.of(fake.nodeName()), fake.cookie());
        }
    }
}
