package dev.pier.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.testkit.FakeErlang;
import jakarta.annotation.Resource;
import jakarta.inject.Named;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The beans of the starter, and the conditions under which it adds them.
class ErlangAutoConfigurationTest {
    @Test
    void aPeerIsInjectedByTypeAndConnected() {
        FakePeers.withBackend().withUserConfiguration(Shop.class).run(context -> {
            context.getBean(FakeErlang.class).when("users", "find", "joe").returns("Joe Armstrong");

            Shop shop = context.getBean(Shop.class);
            assertThat(shop.backend.call("users", "find", "joe").as(String.class))
                    .isEqualTo("Joe Armstrong");
            assertThat(shop.node).isSameAs(context.getBean("erlang/node"));
            assertThat(shop.resource).isSameAs(shop.backend).isSameAs(context.getBean("erlang/backend"));
        });
    }

    static class Shop {
        final ErlangNode node;
        final Peer backend;

        @Resource(name = "erlang/backend")
        Peer resource;

        Shop(ErlangNode node, Peer backend) {
            this.node = node;
            this.backend = backend;
        }
    }

    @Test
    void severalPeersAreInjectedByTheirQualifiers() {
        FakePeers.withBackend()
                .withUserConfiguration(TwoPeers.class)
                .withPropertyValues("pier.erlang.peers.mail.node=mail@localhost")
                .run(context -> {
                    TwoPeers peers = context.getBean(TwoPeers.class);
                    assertThat(peers.backend.name()).isEqualTo("backend");
                    assertThat(peers.mail.name()).isEqualTo("mail");
                    assertThat(context).getBeans(Peer.class).containsOnlyKeys("erlang/backend", "erlang/mail");
                });
    }

    static class TwoPeers {
        final Peer backend;
        final Peer mail;

        @Autowired
        TwoPeers(@Qualifier("backend") Peer backend, @Named("mail") Peer mail) {
            this.backend = backend;
            this.mail = mail;
        }
    }

    @Test
    void thePropertyEnabledTurnsEverythingOff() {
        FakePeers.withBackend()
                .withPropertyValues("pier.erlang.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ErlangNode.class)
                        .doesNotHaveBean(Peer.class)
                        .doesNotHaveBean("erlangHealthContributor"));
    }

    @Test
    void aNodeOfTheApplicationReplacesThatOfTheStarter() {
        FakePeers.runner()
                .withUserConfiguration(OwnNode.class)
                .withPropertyValues("pier.erlang.node=never.used@localhost")
                .run(context -> {
                    assertThat(context).hasSingleBean(ErlangNode.class).doesNotHaveBean("erlang/node");
                    assertThat(context.getBean(Peer.class).nodeName()).isEqualTo("elsewhere@localhost");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnNode {
        @Bean
        NodeRuntime mine() throws IOException {
            return ErlangNodes.builder("mine@localhost")
                    .cookie("secret")
                    .epmd(EpmdSettings.DEFAULT.withRegister(false))
                    .peer("backend", "elsewhere@localhost")
                    .start();
        }
    }

    @Test
    void aCustomizerHasTheLastWord() {
        FakePeers.withBackend()
                .withBean(ErlangNodeCustomizer.class, () -> node -> node.maxServed(7))
                .run(context -> assertThat(
                                context.getBean(NodeRuntime.class).callLimiter().max())
                        .isEqualTo(7));
    }

    @Test
    void applicationsWithoutActuatorAndTestKitStart() {
        FakePeers.runner()
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.boot.health", "io.micrometer", "dev.pier.testkit", "jakarta.servlet"))
                .withPropertyValues(
                        "pier.erlang.cookie=secret",
                        "pier.erlang.epmd.enabled=false",
                        "pier.erlang.peers.backend.connect=at-first-use")
                .run(context ->
                        assertThat(context).hasSingleBean(NodeRuntime.class).hasSingleBean(Peer.class));
    }

    @Test
    void aFakeWithTheNameOfNoPeerIsRefused() {
        FakePeers.withBackend()
                .withBean("mail", FakeErlang.class, FakeErlang::start)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(ErlangStartException.class)
                        .hasMessage("pier.erlang.peers.mail: is missing: the FakeErlang bean 'mail' has the name of no"
                                + " peer; there are [backend]"));
    }

    @Test
    void contextsWithFakesRunSideBySide() {
        FakePeers.withBackend()
                .run(one -> FakePeers.withBackend()
                        .run(two -> assertThat(one.getBean(ErlangNode.class).name())
                                .isNotEqualTo(two.getBean(ErlangNode.class).name())));
    }

    @Test
    void aPeerThatDoesNotAnswerDoesNotDelayTheStart() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FakePeers.runner()
                    .withPropertyValues(
                            "pier.erlang.cookie=secret",
                            "pier.erlang.epmd.enabled=false",
                            "pier.erlang.peers.backend.address=localhost:" + silent.getLocalPort())
                    .run(context -> assertThat(
                                    context.getBean(Peer.class).status().isConnected())
                            .isFalse());
        }
    }
}
