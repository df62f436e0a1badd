package dev.pier.server.http;

import dev.pier.pem.KeyFileException;
import dev.pier.server.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The section `https { … }`: the TLS port, which exists if there is a certificate.
///
/// @param port 0 for any free port
/// @param files the certificate, its key, and the CAs of clients
/// @param clients whether clients are asked for a certificate
/// @param reloadInterval how often the files are checked for a new certificate
/// @param redirect whether requests at the plain port are redirected to this one
/// @param publicPort the port in these redirects; 0 for the port that is listened on
/// @param hsts how long browsers shall use HTTPS only (`Strict-Transport-Security`); zero for no such header
public record HttpsSettings(
        String host,
        int port,
        CertificateFiles files,
        Clients clients,
        Duration reloadInterval,
        boolean redirect,
        int publicPort,
        Duration hsts) {

    private static final List<String> FILES =
            List.of("certificate", "key", "key-password-file", "keystore", "password-file", "client-ca");

    /// Whether clients are asked for a certificate. An application finds it in the request attribute
    /// `jakarta.servlet.request.X509Certificate`.
    public enum Clients {
        /// They are not asked.
        NONE,
        /// They may have one.
        OPTIONAL,
        /// Those without one are refused.
        REQUIRED
    }

    /// The settings; empty without a certificate, and if a file is missing.
    public static Optional<HttpsSettings> read(Section section) {
        String host = section.string("host", "0.0.0.0");
        int port = section.integer("port", 8443, 0, 65_535);
        boolean redirect = section.flag("redirect", false);
        int publicPort = section.integer("public-port", 0, 0, 65_535);
        Duration hsts = section.duration("hsts", Duration.ZERO, Duration.ZERO, Duration.ofDays(3650));
        Duration reloadInterval =
                section.duration("reload-interval", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofDays(1));
        Clients clients = section.choice("client-certificates", Clients.NONE);
        Optional<CertificateFiles> files = files(section, clients, section.has("port") || redirect);
        files.ifPresent(given -> {
            try {
                given.load();
            } catch (KeyFileException e) {
                section.problem(keyOf(e.file(), section), String.valueOf(e.getMessage()));
            }
        });
        return files.map(
                given -> new HttpsSettings(host, port, given, clients, reloadInterval, redirect, publicPort, hsts));
    }

    private static String keyOf(Path file, Section section) {
        return FILES.stream()
                .filter(key -> section.path(key).filter(file::equals).isPresent())
                .findFirst()
                .orElse("certificate");
    }

    private static Optional<CertificateFiles> files(Section section, Clients clients, boolean wanted) {
        Optional<Path> certificate = section.path("certificate");
        Optional<Path> key = section.path("key");
        @Nullable Path keyPassword = section.path("key-password-file").orElse(null);
        Optional<Path> keystore = section.path("keystore");
        Optional<Path> password = section.path("password-file");
        @Nullable Path clientCa = section.path("client-ca").orElse(null);
        if (clients != Clients.NONE && clientCa == null) {
            section.problem(
                    "client-ca",
                    "is missing: the file with the CAs that sign the certificates of clients, in PEM format");
        }
        if (keystore.isPresent()) {
            if (certificate.isPresent() || key.isPresent()) {
                section.problem("keystore", "is given together with certificate and key: use one of the two");
            }
            if (password.isEmpty()) {
                section.problem(
                        "password-file",
                        "is missing: HTTPS needs a file whose first line is the password of the key store");
            }
            return password.map(file -> new CertificateFiles.KeyStoreFile(keystore.get(), file, clientCa));
        }
        boolean any = certificate.isPresent() || key.isPresent() || password.isPresent() || clientCa != null;
        if (certificate.isEmpty() && (wanted || any)) {
            section.problem(
                    "certificate",
                    "is missing: HTTPS needs a certificate in PEM format, or a key store (keystore). Add one, or"
                            + " remove the section");
        }
        if (certificate.isPresent() && key.isEmpty()) {
            section.problem("key", "is missing: the file with the key of the certificate, in PKCS #8 and PEM format");
        }
        return certificate.flatMap(
                chain -> key.map(secret -> new CertificateFiles.PemFiles(chain, secret, keyPassword, clientCa)));
    }
}
