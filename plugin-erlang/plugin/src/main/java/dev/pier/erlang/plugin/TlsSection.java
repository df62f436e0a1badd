package dev.pier.erlang.plugin;

import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.transport.Tls;
import dev.pier.erlang.transport.TlsFileException;
import dev.pier.erlang.transport.TlsSettings;
import dev.pier.erlang.transport.TlsSettings.Names;
import dev.pier.erlang.transport.TlsSettings.Verify;
import dev.pier.erlang.transport.TlsUse;
import dev.pier.server.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Reads the section `erlang.tls { … }` of `server.conf`. Problems with it or with its files are reported to the
/// section.
final class TlsSection {
    private final Section section;
    private final Optional<Path> certificate;
    private final Optional<Path> key;
    private final Optional<Path> keyPassword;
    private final Optional<Path> keystore;
    private final Optional<Path> password;
    private final Optional<Path> ca;

    private TlsSection(Section section) {
        this.section = section;
        certificate = section.path("certificate");
        key = section.path("key");
        keyPassword = section.path("key-password-file");
        keystore = section.path("keystore");
        password = section.path("password-file");
        ca = section.path("ca");
    }

    /// @return whether there is TLS
    static boolean read(Section section, NodeBuilder builder) {
        TlsSection tls = new TlsSection(section);
        Verify verify = section.choice("verify", Verify.PEER);
        Names names = section.choice("names", Names.HOST);
        List<String> versions = section.strings("versions");
        Duration interval =
                section.duration("reload-interval", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofDays(1));
        Optional<TlsSettings> files = tls.files();
        files.ifPresent(source -> {
            TlsSettings settings = source.withVerify(verify).withNames(names).withReloadInterval(interval);
            try {
                if (section.has("versions")) {
                    settings = settings.withVersions(versions.toArray(String[]::new));
                }
            } catch (IllegalArgumentException e) {
                section.problem("versions", String.valueOf(e.getMessage()));
            }
            check(section, settings);
            builder.tls(settings);
        });
        return tls.isPresent();
    }

    private static void check(Section section, TlsSettings settings) {
        try {
            Tls.check(settings);
        } catch (TlsFileException e) {
            section.problem(e.item().setting(), String.valueOf(e.getMessage()));
        }
    }

    private boolean isPresent() {
        return certificate.isPresent() || key.isPresent() || keystore.isPresent() || ca.isPresent();
    }

    /// Empty if there is no TLS, or a file is missing.
    private Optional<TlsSettings> files() {
        if (keystore.isPresent()) {
            if (certificate.isPresent() || key.isPresent()) {
                section.problem("keystore", "is given together with certificate and key: use one of the two");
            }
            if (password.isEmpty()) {
                section.problem(
                        "password-file", "is missing: a file whose first line is the password of the key store");
            }
            return keystore.flatMap(store -> password.map(file -> TlsSettings.pkcs12(store, file, ca.orElse(null))));
        }
        if (isPresent() && certificate.isEmpty()) {
            section.problem("certificate", "is missing: the file with this node's certificate, in PEM format");
        }
        if (isPresent() && key.isEmpty()) {
            section.problem("key", "is missing: the file with the key of the certificate, in PKCS #8 and PEM format");
        }
        return certificate.flatMap(chain -> key.map(secret -> keyPassword
                .map(file -> TlsSettings.pem(chain, secret, file, ca.orElse(null)))
                .orElseGet(() -> TlsSettings.pem(chain, secret, ca.orElse(null)))));
    }

    /// Whether some connections are within TLS; reported if they cannot be.
    ///
    /// @param section with the key `tls`
    /// @param present whether there is TLS
    static TlsUse use(Section section, boolean present) {
        TlsUse use = section.choice("tls", TlsUse.REQUIRED);
        if (use == TlsUse.REQUIRED && section.has("tls") && !present) {
            section.problem("tls", "is required, and there is no section erlang.tls with a certificate");
        }
        return present ? use : TlsUse.OFF;
    }
}
