package dev.pier.erlang.plugin;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.node.NodeSettings;
import dev.pier.erlang.testing.TestTls;
import dev.pier.erlang.transport.TlsSettings;
import dev.pier.erlang.transport.TlsSettings.Names;
import dev.pier.erlang.transport.TlsSettings.Verify;
import dev.pier.erlang.transport.TlsUse;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The section `erlang.tls { … }` of server.conf, with right and wrong values.
class TlsSectionTest {

    private final TestTls files = TestTls.create();

    /// A configuration in the folder of the files.
    private NodeSettings settings(String text) throws ConfigurationException {
        Configuration configuration =
                Configuration.parse("erlang {\n node = \"web@localhost\"\n" + text + "\n}", files.folder());
        ErlangSettings settings =
                ErlangSettings.read(configuration.section("erlang")).orElseThrow();
        configuration.check();
        return settings.builder().settings();
    }

    private static final String WHOLE = "tls { certificate = node.pem, key = node.key, ca = ca.pem }";

    @Test
    void withoutTheSectionThereIsNoTls() throws Exception {
        NodeSettings settings = settings("peers.b.node = \"b@h\"");
        assertThat(settings.tls()).isNull();
        assertThat(requireNonNull(settings.peers().get("b")).tls()).isEqualTo(TlsUse.OFF);
    }

    @Test
    void withItAllConnectionsAreWithinTls() throws Exception {
        NodeSettings settings = settings(WHOLE + ", peers.b.node = \"b@h\"");
        TlsSettings tls = requireNonNull(settings.tls());
        assertThat(tls.source())
                .isEqualTo(new TlsSettings.PemFiles(files.certificate(), files.key(), null, files.caFile()));
        assertThat(tls.verify()).isEqualTo(Verify.PEER);
        assertThat(tls.names()).isEqualTo(Names.HOST);
        assertThat(tls.versions()).containsExactly("TLSv1.3", "TLSv1.2");
        assertThat(tls.reloadInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.listenTls()).isEqualTo(TlsUse.REQUIRED);
        assertThat(requireNonNull(settings.peers().get("b")).tls()).isEqualTo(TlsUse.REQUIRED);
    }

    @Test
    void allOfItCanBeChosen() throws Exception {
        NodeSettings settings = settings("tls { certificate = node.pem, key = node.key, verify = none, names = none,"
                + " versions = [TLSv1.3], reload-interval = 1 minute }, listen.tls = off,"
                + " peers.b { node = \"b@h\", tls = off }, peers.c { node = \"c@h\", tls = required }");
        TlsSettings tls = requireNonNull(settings.tls());
        assertThat(tls.verify()).isEqualTo(Verify.NONE);
        assertThat(tls.names()).isEqualTo(Names.NONE);
        assertThat(tls.versions()).isEqualTo(List.of("TLSv1.3"));
        assertThat(tls.reloadInterval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.listenTls()).isEqualTo(TlsUse.OFF);
        assertThat(requireNonNull(settings.peers().get("b")).tls()).isEqualTo(TlsUse.OFF);
        assertThat(requireNonNull(settings.peers().get("c")).tls()).isEqualTo(TlsUse.REQUIRED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tls { certificate = node.pem, ca = ca.pem }                                 | erlang.tls.key | is missing
            tls { key = node.key, ca = ca.pem }                                         | erlang.tls.certificate | is missing
            tls { certificate = node.pem, key = node.key }                              | erlang.tls.ca | is missing
            tls { certificate = none.pem, key = node.key, ca = ca.pem }                 | erlang.tls.certificate | does not exist
            tls { certificate = node.pem, key = none.key, ca = ca.pem }                 | erlang.tls.key | does not exist
            tls { certificate = node.pem, key = node.key, ca = none.pem }               | erlang.tls.ca | does not exist
            tls { certificate = node.pem, key = open.key, ca = ca.pem }                 | erlang.tls.key | is accessible by users other than its owner (rw-r--r--): chmod 600
            tls { certificate = node.pem, key = other.key, ca = ca.pem }                | erlang.tls.key | does not belong to the certificate in
            tls { keystore = store.p12 }                                                | erlang.tls.password-file | is missing
            tls { keystore = store.p12, password-file = other.key, certificate = node.pem } | erlang.tls.keystore | one of the two
            tls { keystore = none.p12, password-file = other.key }                      | erlang.tls.keystore | does not exist
            tls { certificate = node.pem, key = node.key, ca = ca.pem, versions = [SSLv3] } | erlang.tls.versions | TLSv1.3
            tls { certificate = node.pem, key = node.key, ca = ca.pem, verify = maybe } | erlang.tls.verify | one of peer, none
            tls { certificate = node.pem, key = node.key, ca = ca.pem, reload-interval = 1 ms } | erlang.tls.reload-interval | from 100 ms
            listen.tls = required                                                       | erlang.listen.tls | there is no section erlang.tls
            peers.b { node = "b@h", tls = required }                                    | erlang.peers.b.tls | there is no section erlang.tls
            peers.b { node = "b@h", tls = maybe }                                       | erlang.peers.b.tls | one of off, required
            """)
    void whatIsWrongIsNamedWithItsKey(String text, String key, String problem) throws IOException {
        Path open = Files.copy(files.key(), files.folder().resolve("open.key"));
        Files.setPosixFilePermissions(open, fromString("rw-r--r--"));
        Path other = Files.copy(TestTls.create().key(), files.folder().resolve("other.key"));
        Files.setPosixFilePermissions(other, fromString("rw-------"));
        assertThatThrownBy(() -> settings(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(key, problem);
    }
}
