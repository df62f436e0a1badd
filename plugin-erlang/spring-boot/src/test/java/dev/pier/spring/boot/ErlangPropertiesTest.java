package dev.pier.spring.boot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.Balance;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.mailbox.MailboxSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeSettings;
import dev.pier.erlang.node.PeerSettings;
import dev.pier.erlang.peer.RequiredNodes;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.testing.TestTls;
import dev.pier.erlang.transport.TlsUse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/// The properties `pier.erlang`, and the messages about wrong ones.
class ErlangPropertiesTest {
    private static final String SMALLEST = """
            pier:
              erlang:
                node: shop@localhost
            """;

    private static StandardEnvironment environment(String yaml) {
        StandardEnvironment environment = new StandardEnvironment();
        try {
            for (PropertySource<?> source : new YamlPropertySourceLoader()
                    .load(
                            "application.yml",
                            new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "application.yml"))) {
                environment.getPropertySources().addLast(source);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }

    private static ErlangProperties properties(String yaml) {
        return Binder.get(environment(yaml))
                .bindOrCreate(ErlangProperties.PREFIX, Bindable.of(ErlangProperties.class), BindHandler.DEFAULT);
    }

    private static NodeBuilder builder(String yaml) {
        return NodeSetup.builder(properties(yaml), null);
    }

    @Test
    void withoutFurtherPropertiesTheNodeHasTheDefaultsOfTheBuilder() {
        NodeSettings settings = builder(SMALLEST).settings();
        assertThat(settings)
                .usingRecursiveComparison()
                // A term is at most as large as a frame, as in server.conf.
                .ignoringFields("link.connection.decode.bytes")
                .isEqualTo(ErlangNodes.builder("shop@localhost").settings());
        assertThat(builder(SMALLEST).cookieSource())
                .isEqualTo(ErlangNodes.builder("shop@localhost").cookieSource());
    }

    @Test
    void everyPropertyReachesTheBuilder() {
        NodeBuilder builder = builder("""
                pier:
                  erlang:
                    node: shop@127.0.0.1
                    cookie-file: ~/secret
                    connect-timeout: 2s
                    net-ticktime: 8s
                    introspection: false
                    listen:
                      host: localhost
                      port: 9100
                      allow: [ "*@here" ]
                    epmd:
                      enabled: false
                      port: 5000
                    calls:
                      helper: load
                    bulk:
                      load-helper: true
                    json:
                      bytes: 2MB
                      depth: 7
                      digits: 20
                    limits:
                      calls: 11
                      connected-nodes: 12
                      served: 13
                      served-bytes: 1MB
                      links: 14
                      monitors: 15
                      queue: 2MB
                      frame: 3MB
                      message: 4MB
                      fragmented: 5MB
                    mailbox:
                      messages: 16
                      bytes: 6MB
                      total-bytes: 7MB
                      overflow: end
                    peers:
                      backend:
                        node: backend@localhost
                        address: localhost:4711
                        connect: at-first-use
                        timeout: 3s
                        cookie: of-the-peer
                      group:
                        nodes: [ "a@localhost", "b@localhost" ]
                        balance: round-robin
                        required: all
                      cloud:
                        dns:
                          name: backend.prod.svc
                          node: backend
                          interval: 9s
                """);
        NodeSettings settings = builder.settings();
        assertThat(builder.cookieSource()).isEqualTo(Path.of(System.getProperty("user.home"), "secret") + "");
        assertThat(settings.name()).isEqualTo(NodeName.parse("shop@127.0.0.1"));
        assertThat(settings.introspection()).isFalse();
        assertThat(settings.listen()).hasToString("localhost/127.0.0.1:9100");
        assertThat(settings.allowed().allows(NodeName.parse("shop@here"))).isTrue();
        assertThat(settings.allowed().allows(NodeName.parse("shop@there"))).isFalse();
        assertThat(settings.epmd().register()).isFalse();
        assertThat(settings.epmd().address().getPort()).isEqualTo(5000);
        assertThat(settings.link().connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.link().batching()).isEqualTo(BatchingMode.LOAD);
        assertThat(settings.link().bulk().loadProducer()).isTrue();
        assertThat(settings.link().maxCalls()).isEqualTo(11);
        assertThat(settings.link().maxNodes()).isEqualTo(12);
        assertThat(settings.link().connection().netTickTime()).isEqualTo(Duration.ofSeconds(8));
        assertThat(settings.link().connection().maxQueued()).isEqualTo(2 << 20);
        assertThat(settings.link().connection().maxFrame()).isEqualTo(3 << 20);
        assertThat(settings.link().connection().fragments().messageBytes()).isEqualTo(4 << 20);
        assertThat(settings.link().connection().fragments().totalBytes()).isEqualTo(5 << 20);
        assertThat(settings.served().calls()).isEqualTo(13);
        assertThat(settings.served().bytes()).isEqualTo(1 << 20);
        assertThat(settings.processes().links()).isEqualTo(14);
        assertThat(settings.processes().monitors()).isEqualTo(15);
        assertThat(settings.mailboxes())
                .isEqualTo(new MailboxSettings(16, 6 << 20, 7 << 20, MailboxSettings.Overflow.END));
        assertThat(settings.values().jsonLimits()).isEqualTo(new JsonLimits(2 << 20, 7, 20));

        assertThat(settings.peers()).containsOnlyKeys("backend", "group", "cloud");
        PeerSettings backend = requireNonNull(settings.peers().get("backend"));
        assertThat(backend.nodes()).containsExactly(NodeName.parse("backend@localhost"));
        assertThat(backend.address()).hasToString("localhost/<unresolved>:4711");
        assertThat(backend.connect()).isEqualTo(PeerSettings.Connect.AT_FIRST_USE);
        assertThat(backend.options().timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(backend.balance()).isEqualTo(Balance.LEAST_CALLS);
        PeerSettings group = requireNonNull(settings.peers().get("group"));
        assertThat(group.nodes()).hasSize(2);
        assertThat(group.connect()).isEqualTo(PeerSettings.Connect.EAGER);
        assertThat(group.balance()).isEqualTo(Balance.ROUND_ROBIN);
        assertThat(requireNonNull(settings.peers().get("cloud")).dns()).isNotNull();
    }

    @Test
    void requiredIsAnyUnlessItIsSet() {
        assertThat(requireNonNull(properties("""
                pier.erlang.peers.backend.node: backend@localhost
                """).peers().get("backend")).required())
                .isEqualTo(RequiredNodes.ANY);
    }

    @Test
    void aCertificateMeansTls() {
        TestTls files = TestTls.create();
        NodeSettings settings = builder("""
                pier.erlang:
                  node: shop@localhost
                  listen.tls: off
                  tls:
                    certificate: %s
                    key: %s
                    ca: %s
                    versions: [ TLSv1.3 ]
                  peers:
                    backend:
                      node: backend@localhost
                    near:
                      node: near@localhost
                      tls: off
                """.formatted(files.certificate(), files.key(), files.caFile()))
                .settings();
        assertThat(requireNonNull(settings.tls()).versions()).containsExactly("TLSv1.3");
        assertThat(settings.listenTls()).isEqualTo(TlsUse.OFF);
        assertThat(requireNonNull(settings.peers().get("backend")).tls())
                .as("that of the node")
                .isNull();
        assertThat(requireNonNull(settings.peers().get("near")).tls()).isEqualTo(TlsUse.OFF);
    }

    @Test
    void theTlsOfACustomizerHoldsForListenerAndPeers() throws NoSuchAlgorithmException {
        NodeSettings settings = builder(SMALLEST + "    peers.backend.node: backend@localhost\n")
                .tls(SSLContext.getDefault())
                .settings();
        assertThat(settings.listenTls()).isEqualTo(TlsUse.REQUIRED);
        assertThat(requireNonNull(settings.peers().get("backend")).tls())
                .as("that of the node")
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cookie: x                       | pier.erlang.node: is missing: this application's node name
            node: shop                      | pier.erlang.node:
            node: shop@no.such.host.invalid | pier.erlang.node: the host of 'shop@no.such.host.invalid' has no address
            listen.port: 65536              | pier.erlang.listen.port: 65536 is out of bounds; expected 0 to 65535
            listen.host: no.such.invalid    | pier.erlang.listen.host: 'no.such.invalid' has no address
            epmd.port: 0                    | pier.erlang.epmd.port: 0 is out of bounds; expected 1 to 65535
            connect-timeout: 1ms            | pier.erlang.connect-timeout: PT0.001S is out of bounds
            net-ticktime: 0s                | pier.erlang.net-ticktime: PT0S is out of bounds
            limits.calls: 0                 | pier.erlang.limits.calls: 0 is out of bounds
            limits.frame: 1KB               | pier.erlang.limits.frame: 1024B is out of bounds
            mailbox.messages: 0             | pier.erlang.mailbox.messages: 0 is out of bounds
            json.depth: 0                   | pier.erlang.json.depth: 0 is out of bounds
            tls.key: /no/key                | pier.erlang.tls.certificate: is missing
            tls.certificate: /no/cert       | pier.erlang.tls.key: is missing
            tls.keystore: /no/store         | pier.erlang.tls.password-file: is missing
            peers.backend.balance: first    | pier.erlang.peers.backend.node: is missing: the peer's node name
            peers.backend.node: backend     | pier.erlang.peers.backend.node:
            peers.backend.nodes: a@h,a@h    | pier.erlang.peers.backend.nodes: the node a@h is given twice
            peers.backend.dns.name: here    | pier.erlang.peers.backend.dns.node: is missing
            peers.node.node: a@h            | pier.erlang.peers.node: a peer is not called 'node'
            """)
    void aWrongValueIsRefusedWithTheNameOfItsProperty(String property, String message) {
        String yaml = property.startsWith("node") || property.startsWith("cookie") ? "" : "  node: shop@localhost\n";
        assertThatThrownBy(() -> builder("pier.erlang:\n" + yaml + "  " + property + "\n"))
                .isInstanceOf(ErlangStartException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cookie      | cookie-file | pier.erlang.cookie: is given together with cookie-file: use one of the two
            peers.b.node | peers.b.nodes | pier.erlang.peers.b.nodes: is given together with node: use one of the two
            peers.b.nodes | peers.b.address | pier.erlang.peers.b.address: is given together with nodes or dns
            peers.b.cookie | peers.b.cookie-file | pier.erlang.peers.b.cookie: is given together with cookie-file
            """)
    void oneOfTwoIsEnough(String one, String other, String message) {
        String node = one.equals("peers.b.cookie") ? "  peers.b.node: b@h\n" : "";
        assertThatThrownBy(() -> builder(
                        "pier.erlang:\n  node: shop@localhost\n" + node + "  " + one + ": b@h\n  " + other + ": b@h\n"))
                .isInstanceOf(ErlangStartException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void theCookieIsInNoMessageAndNoText() {
        String cookie = "x".repeat(300);
        String yaml = "pier.erlang:\n  node: shop@localhost\n  cookie: " + cookie + "\n  peers.b: { node: b@h, cookie: "
                + cookie + " }\n";
        assertThatThrownBy(() -> builder(yaml))
                .hasMessageStartingWith("pier.erlang.cookie: ")
                .hasMessageNotContaining("xxx");
        assertThat(properties(yaml).toString()).doesNotContain("xxx");
        assertThat(properties(yaml).peers().toString()).doesNotContain("xxx");
    }

    @Test
    void theFailureHasFileAndLineOfTheProperty() {
        String yaml = SMALLEST + "    limits:\n      calls: 0\n";
        ErlangStartException e = requireNonNull(catchThrowableOfType(ErlangStartException.class, () -> builder(yaml)));
        @Nullable FailureAnalysis analysis = new ErlangStartFailureAnalyzer(environment(yaml)).analyze(e);
        assertThat(requireNonNull(analysis).getDescription())
                .startsWith("pier.erlang.limits.calls: 0 is out of bounds; expected 1 to 1000000 (")
                .contains("application.yml", "5:14");
        assertThat(analysis.getAction()).isEqualTo("Correct the property pier.erlang.limits.calls.");
    }

    @Test
    void anUnknownPropertyStopsTheStart() {
        FakePeers.withBackend()
                .withPropertyValues("pier.erlang.peers.backend.nodee=b@h")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("pier.erlang.peers.backend.nodee"));
    }

    @Test
    void aNodeThatCannotStartSaysWhy() {
        FakePeers.runner()
                .withPropertyValues("pier.erlang.cookie-file=/no/such/cookie")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("cookie file /no/such/cookie does not exist"));
    }
}
