package dev.pier.spring.boot;

import dev.pier.testkit.FakeErlang;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Applications whose peer `backend` is a fake.
@Configuration(proxyBeanMethods = false)
class FakePeers {
    @Bean
    FakeErlang backend() {
        return FakeErlang.start();
    }

    /// All of the starter, except what needs a web application.
    static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        FakeErlangAutoConfiguration.class,
                        ErlangAutoConfiguration.class,
                        ErlangHealthAutoConfiguration.class,
                        ErlangMetricsAutoConfiguration.class))
                .withPropertyValues(
                        "pier.erlang.node=shop@localhost", "pier.erlang.peers.backend.node=backend@localhost");
    }

    /// With the fake.
    static ApplicationContextRunner withBackend() {
        return runner().withUserConfiguration(FakePeers.class);
    }
}
