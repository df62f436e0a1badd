package dev.pier.server.http;

import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.task.PeriodicTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reloads the TLS certificate when the key store or its password file changes.
///
/// A new key store is loaded into a scratch factory first: the real factory unloads the old keys before it loads the
/// new ones, so that a broken or half-written file would end all TLS.
///
/// *Threads.* Checks the files on one thread of its own.
final class KeystoreWatch extends AbstractLifeCycle {
    private static final Logger log = LoggerFactory.getLogger(KeystoreWatch.class);

    private static final Duration MAX_RELOAD = Duration.ofMinutes(1);

    private final HttpsSettings settings;
    private final SslContextFactory.Server factory;
    private final PeriodicTask checking;
    private List<Object> lastFingerprint = List.of();

    KeystoreWatch(HttpsSettings settings, SslContextFactory.Server factory) {
        this.settings = settings;
        this.factory = factory;
        this.checking =
                new PeriodicTask("pier-keystore-watch", settings.reloadInterval(), MAX_RELOAD, this::reloadIfChanged);
    }

    /// A factory for the current key store, not started.
    ///
    /// @throws IOException if the password file cannot be read or is empty
    static SslContextFactory.Server newFactory(HttpsSettings settings) throws IOException {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        apply(settings, factory);
        return factory;
    }

    private static void apply(HttpsSettings settings, SslContextFactory factory) throws IOException {
        factory.setKeyStorePath(settings.keystore());
        factory.setKeyStorePassword(firstLine(settings.passwordFile()));
    }

    private static String firstLine(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "password file " + file + " is empty: its first line must be the password of the key store"));
    }

    /// The check that is down when the thread that checks the files has ended or is stuck.
    HealthCheck liveness() {
        return checking.liveness();
    }

    @Override
    protected void doStart() throws Exception {
        lastFingerprint = fingerprint();
        checking.start();
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        checking.stop();
        super.doStop();
    }

    private void reloadIfChanged() {
        @Nullable List<Object> now = null;
        try {
            now = fingerprint();
            if (!now.equals(lastFingerprint)) {
                SslContextFactory.Server scratch = newFactory(settings);
                scratch.start();
                scratch.stop();
                String password = firstLine(settings.passwordFile());
                factory.reload(it -> it.setKeyStorePassword(password));
                log.info("Reloaded the TLS certificate from {}", settings.keystore());
                lastFingerprint = now;
            }
        } catch (Exception e) {
            // A broken file is reported once, and tried again after its next change. A missing file is
            // reported by each check.
            log.warn(
                    "Cannot load the new TLS certificate, the old one stays in use: {}: {}",
                    settings.keystore(),
                    e.toString());
            lastFingerprint = now == null ? lastFingerprint : now;
        }
    }

    private List<Object> fingerprint() throws IOException {
        return List.of(fingerprint(settings.keystore()), fingerprint(settings.passwordFile()));
    }

    private static List<Object> fingerprint(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return List.of(attributes.size(), attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()));
    }
}
