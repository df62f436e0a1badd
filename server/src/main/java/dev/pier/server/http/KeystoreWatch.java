package dev.pier.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes up a new certificate when the key store's file changes.
///
/// The new file is tried on a scratch factory first: the real one unloads the old keys before it loads, so that a file
/// that is broken or still being written would end all TLS. One virtual thread.
final class KeystoreWatch extends AbstractLifeCycle {
    private static final Logger log = LoggerFactory.getLogger(KeystoreWatch.class);

    private final HttpsSettings settings;
    private final SslContextFactory.Server factory;
    private volatile CountDownLatch stopped = new CountDownLatch(1);
    private List<Object> seen = List.of();

    KeystoreWatch(HttpsSettings settings, SslContextFactory.Server factory) {
        this.settings = settings;
        this.factory = factory;
    }

    /// A factory with the key store as it is now; not started.
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
                .orElseThrow(() -> new IOException(file + " is empty; its first line is the key store's password"));
    }

    @Override
    protected void doStart() throws Exception {
        seen = fingerprint();
        stopped = new CountDownLatch(1);
        Thread.ofVirtual().name("pier-keystore-watch").start(this::run);
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        stopped.countDown();
        super.doStop();
    }

    private void run() {
        try {
            while (!stopped.await(settings.reloadInterval().toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        @Nullable List<Object> now = null;
        try {
            now = fingerprint();
            if (!now.equals(seen)) {
                SslContextFactory.Server scratch = newFactory(settings);
                scratch.start();
                scratch.stop();
                String password = firstLine(settings.passwordFile());
                factory.reload(it -> it.setKeyStorePassword(password));
                log.info("took up the new certificate in {}", settings.keystore());
                seen = now;
            }
        } catch (Exception e) {
            // Said once for each state of the files, and tried again once they have changed.
            log.warn("the old certificate stays in use: {} cannot be loaded: {}", settings.keystore(), e.toString());
            seen = now == null ? seen : now;
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
