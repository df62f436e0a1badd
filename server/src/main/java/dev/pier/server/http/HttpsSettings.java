package dev.pier.server.http;

import dev.pier.server.config.FilePermissions;
import dev.pier.server.config.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// `https { … }`: the port that speaks TLS, if there is a key store.
///
/// @param keystore a PKCS #12 or JKS file
/// @param passwordFile a file whose first line is the key store's password; never in `server.conf` itself, and
///     nobody's but its owner's to read
/// @param reloadInterval how often the files are looked at for a new certificate
public record HttpsSettings(String host, int port, Path keystore, Path passwordFile, Duration reloadInterval) {
    /// The settings, or nothing if there is no key store.
    public static Optional<HttpsSettings> read(Section section) {
        String host = section.string("host", "0.0.0.0");
        int port = section.integer("port", 8443, 0, 65_535);
        Optional<Path> keystore = file(section, "keystore");
        Optional<Path> passwordFile = file(section, "password-file");
        Duration reloadInterval =
                section.duration("reload-interval", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofDays(1));
        passwordFile.ifPresent(file -> checkOwnerOnly(section, file));
        if (keystore.isEmpty() && (section.has("port") || passwordFile.isPresent())) {
            section.problem("keystore", "https needs a key store; keytool makes one, or leave the section out");
        }
        if (keystore.isPresent() && passwordFile.isEmpty()) {
            section.problem("password-file", "the key store needs a file whose first line is its password");
        }
        return keystore.flatMap(
                store -> passwordFile.map(password -> new HttpsSettings(host, port, store, password, reloadInterval)));
    }

    private static void checkOwnerOnly(Section section, Path file) {
        try {
            FilePermissions.problem(file).ifPresent(complaint -> section.problem("password-file", complaint));
        } catch (IOException _) {
            // That it cannot be looked at has been said already.
        }
    }

    private static Optional<Path> file(Section section, String key) {
        Optional<Path> path = section.path(key);
        path.filter(it -> !Files.isReadable(it))
                .ifPresent(it -> section.problem(key, it + " is not there, or cannot be read by this user"));
        return path;
    }
}
