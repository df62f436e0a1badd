package dev.pier.server.http;

import dev.pier.pem.KeyFileException;
import dev.pier.pem.PemFile;
import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.task.PeriodicTask;
import java.nio.file.Path;
import java.security.KeyStoreException;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reloads the TLS certificate when its files change.
///
/// New files are loaded into a scratch factory first: the real factory unloads the old keys before it loads the
/// new ones, so that a broken or half-written file would end all TLS.
///
/// *Threads.* Checks the files on one thread of its own.
final class CertificateWatch extends AbstractLifeCycle {
    private static final Logger log = LoggerFactory.getLogger(CertificateWatch.class);

    private static final Duration MAX_RELOAD = Duration.ofMinutes(1);

    private final HttpsSettings settings;
    private final SslContextFactory.Server factory;
    private final PeriodicTask checking;
    private volatile @Nullable CertificateStatus status;
    private List<List<Object>> lastFingerprint = List.of();

    /// Loads the certificate.
    ///
    /// @throws KeyFileException if a file cannot be used
    CertificateWatch(HttpsSettings settings) throws KeyFileException {
        this.settings = settings;
        CertificateFiles.Loaded files = settings.files().load();
        this.factory = newFactory(settings, files);
        this.status = status(files);
        this.checking = new PeriodicTask(
                "pier-certificate-watch", settings.reloadInterval(), MAX_RELOAD, this::reloadIfChanged);
    }

    /// What makes connections with the current certificate; not started.
    SslContextFactory.Server factory() {
        return factory;
    }

    /// The certificate in use; null if the key store has no key.
    @Nullable
    CertificateStatus status() {
        return status;
    }

    private static @Nullable CertificateStatus status(CertificateFiles.Loaded files) {
        try {
            CertificateStatus loaded = CertificateStatus.of(files.keys());
            if (loaded != null && loaded.left().isNegative()) {
                log.warn("The certificate of HTTPS expired at {}: clients refuse it", loaded.expires());
            }
            return loaded;
        } catch (KeyStoreException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SslContextFactory.Server newFactory(HttpsSettings settings, CertificateFiles.Loaded files) {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        apply(files, factory);
        switch (settings.clients()) {
            case NONE -> {}
            case OPTIONAL -> factory.setWantClientAuth(true);
            case REQUIRED -> factory.setNeedClientAuth(true);
        }
        return factory;
    }

    private static void apply(CertificateFiles.Loaded files, SslContextFactory factory) {
        factory.setKeyStore(files.keys());
        factory.setKeyStorePassword(files.password());
        factory.setTrustStore(files.clientCas());
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

    /// A broken or missing file is reported once, and tried again after its next change.
    private void reloadIfChanged() {
        List<List<Object>> now = fingerprint();
        if (now.equals(lastFingerprint)) {
            return;
        }
        lastFingerprint = now;
        try {
            CertificateFiles.Loaded files = settings.files().load();
            SslContextFactory.Server scratch = newFactory(settings, files);
            scratch.start();
            scratch.stop();
            factory.reload(it -> apply(files, it));
            status = status(files);
            log.info("Reloaded the TLS certificate from {}", paths());
        } catch (Exception e) {
            String why = e instanceof KeyFileException ? String.valueOf(e.getMessage()) : e.toString();
            CertificateStatus old = status;
            status = old == null ? null : old.withProblem(why);
            log.warn("Cannot load the new TLS certificate, the old one stays in use: {}: {}", paths(), why);
        }
    }

    private String paths() {
        return String.join(
                ", ", settings.files().all().stream().map(Path::toString).toList());
    }

    private List<List<Object>> fingerprint() {
        return settings.files().all().stream().map(PemFile::fingerprint).toList();
    }
}
