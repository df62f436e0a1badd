package dev.pier.server.http;

import dev.pier.server.config.FilePermissions;
import dev.pier.server.config.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The section `https { … }`: the TLS port, which exists if there is a key store.
///
/// @param port 0 for any free port
/// @param keystore a PKCS #12 or JKS file
/// @param passwordFile a file whose first line is the password of the key store; must be accessible by its owner
///     only. `server.conf` cannot hold the password itself
/// @param reloadInterval how often both files are checked for a new certificate
/// @param redirect whether requests at the plain port are redirected to this one
/// @param publicPort the port in these redirects; 0 for the port that is listened on
/// @param hsts how long browsers shall use HTTPS only (`Strict-Transport-Security`); zero for no such header
public record HttpsSettings(
        String host,
        int port,
        Path keystore,
        Path passwordFile,
        Duration reloadInterval,
        boolean redirect,
        int publicPort,
        Duration hsts) {
    /// The settings; empty if the key store or its password file is missing.
    public static Optional<HttpsSettings> read(Section section) {
        String host = section.string("host", "0.0.0.0");
        int port = section.integer("port", 8443, 0, 65_535);
        Optional<Path> keystore = file(section, "keystore");
        Optional<Path> passwordFile = file(section, "password-file");
        Duration reloadInterval =
                section.duration("reload-interval", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofDays(1));
        boolean redirect = section.flag("redirect", false);
        int publicPort = section.integer("public-port", 0, 0, 65_535);
        Duration hsts = section.duration("hsts", Duration.ZERO, Duration.ZERO, Duration.ofDays(3650));
        passwordFile.ifPresent(file -> checkPermissions(section, file));
        if (keystore.isEmpty() && (section.has("port") || redirect || passwordFile.isPresent())) {
            section.problem(
                    "keystore", "is missing: HTTPS needs a key store. Create one with keytool, or remove the section");
        }
        if (keystore.isPresent() && passwordFile.isEmpty()) {
            section.problem(
                    "password-file",
                    "is missing: HTTPS needs a file whose first line is the password of the key store");
        }
        return keystore.flatMap(store -> passwordFile.map(password ->
                new HttpsSettings(host, port, store, password, reloadInterval, redirect, publicPort, hsts)));
    }

    private static void checkPermissions(Section section, Path file) {
        try {
            FilePermissions.problem(file).ifPresent(problem -> section.problem("password-file", "the file " + problem));
        } catch (IOException _) {
            // file() has already reported that the file is not readable.
        }
    }

    private static Optional<Path> file(Section section, String key) {
        Optional<Path> path = section.path(key);
        path.filter(it -> !Files.isReadable(it))
                .ifPresent(it -> section.problem(key, "file not found, or not readable by this user: " + it));
        return path;
    }
}
