package dev.pier.spring.boot;

import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.transport.Tls;
import dev.pier.erlang.transport.TlsFileException;
import dev.pier.erlang.transport.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `pier.erlang.tls`, and checks its files.
final class TlsSetup {
    private TlsSetup() {}

    static void apply(ErlangProperties.Tls tls, NodeBuilder builder) {
        if (!tls.isPresent()) {
            return;
        }
        NodeSetup.duration("tls.reload-interval", tls.reloadInterval(), Duration.ofMillis(100), Duration.ofDays(1));
        TlsSettings settings =
                files(tls).withVerify(tls.verify()).withNames(tls.names()).withReloadInterval(tls.reloadInterval());
        if (tls.versions() != null) {
            settings = withVersions(settings, tls.versions());
        }
        check(settings);
        builder.tls(settings);
    }

    private static TlsSettings withVersions(TlsSettings settings, List<String> versions) {
        try {
            return settings.withVersions(versions.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw ErlangStartException.of("tls.versions", String.valueOf(e.getMessage()), e);
        }
    }

    private static void check(TlsSettings settings) {
        try {
            Tls.check(settings);
        } catch (TlsFileException e) {
            throw ErlangStartException.of("tls." + e.item().setting(), String.valueOf(e.getMessage()), e);
        }
    }

    private static TlsSettings files(ErlangProperties.Tls tls) {
        Path ca = path(tls.ca());
        Path keystore = path(tls.keystore());
        if (keystore != null) {
            Checked.notBoth("tls.keystore", true, "certificate and key", tls.certificate() != null);
            Checked.notBoth("tls.keystore", true, "certificate and key", tls.key() != null);
            return TlsSettings.pkcs12(
                    keystore,
                    required(
                            "password-file",
                            path(tls.passwordFile()),
                            "a file whose first line is the password of the key store"),
                    ca);
        }
        Path certificate = required(
                "certificate", path(tls.certificate()), "the file with this node's certificate, in PEM format");
        Path key =
                required("key", path(tls.key()), "the file with the key of the certificate, in PKCS #8 and PEM format");
        Path password = path(tls.keyPasswordFile());
        return password == null
                ? TlsSettings.pem(certificate, key, ca)
                : TlsSettings.pem(certificate, key, password, ca);
    }

    private static @Nullable Path path(@Nullable Path given) {
        return given == null ? null : Checked.path(given);
    }

    private static Path required(String key, @Nullable Path file, String what) {
        if (file == null) {
            throw ErlangStartException.of("tls." + key, "is missing: " + what);
        }
        return file;
    }
}
