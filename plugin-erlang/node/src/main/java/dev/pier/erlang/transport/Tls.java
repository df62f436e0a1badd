package dev.pier.erlang.transport;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.transport.TlsSettings.Names;
import dev.pier.erlang.transport.TlsSettings.Verify;
import dev.pier.pem.PemFile;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The TLS of a node: protects new connections with the certificate that was loaded last.
///
/// Threads: any thread may call. The files are checked by a virtual thread, at the interval of the node's timer.
///
/// Lifecycle: a renewed certificate is used for new connections; those that exist keep theirs. Files that do not
/// fit are passed over, with a warning, until they change again: a certificate and its key are rarely written at
/// one moment.
public final class Tls implements SocketSecurity.Outgoing, SocketSecurity.Incoming {
    private static final Logger log = LoggerFactory.getLogger(Tls.class);

    private final TlsSettings settings;
    private final AtomicBoolean checking = new AtomicBoolean();
    private volatile TlsContext context;

    /// Of the files that were loaded or passed over last. For the thread that checks.
    private List<Object> fingerprint;

    private volatile @Nullable String problem;

    private Tls(TlsSettings settings, TlsContext context, List<Object> fingerprint) {
        this.settings = settings;
        this.context = context;
        this.fingerprint = fingerprint;
    }

    /// The certificate of this node.
    ///
    /// @param subject whom it names
    /// @param expires when it expires
    /// @param problem why the files as they are now are not used; `null` if they are
    public record Status(
            String subject, Instant expires, @Nullable String problem) {
        /// Whether it expires within a time, or has expired.
        public boolean expiresWithin(Duration time) {
            return expires.isBefore(Instant.now().plus(time));
        }
    }

    /// Loads the files.
    ///
    /// @throws IOException if one is missing, unreadable, accessible by others, malformed, or does not fit the
    ///     others; the message names it
    public static Tls load(TlsSettings settings) throws IOException {
        // Before the files are read, so that a change meanwhile is noticed.
        List<Object> fingerprint = fingerprint(settings);
        try {
            Tls tls = new Tls(settings, TlsContext.load(settings), fingerprint);
            tls.warnOfWeakness();
            return tls;
        } catch (TlsFileException e) {
            throw e.forNode();
        }
    }

    /// Checks the files without using them.
    ///
    /// @throws TlsFileException as [#load]
    public static void check(TlsSettings settings) throws TlsFileException {
        var _ = TlsContext.load(settings);
    }

    private void warnOfWeakness() {
        if (settings.verify() == Verify.NONE) {
            log.warn("TLS without verification: connections are encrypted, but an attacker between two nodes can"
                    + " read and change them (setting erlang.tls.verify)");
        } else if (settings.names() == Names.NONE) {
            log.info("Certificates of peers may name any host (setting erlang.tls.names)");
        }
        warnOfExpiry();
    }

    private void warnOfExpiry() {
        X509Certificate own = context.own();
        if (own != null && own.getNotAfter().toInstant().isBefore(Instant.now())) {
            log.warn(
                    "The TLS certificate of this node expired at {}: peers will refuse it",
                    own.getNotAfter().toInstant());
        }
    }

    /// Begins to look for renewed files.
    ///
    /// @return ends that when it is cancelled
    public ScheduledFuture<?> watch(ScheduledExecutorService timer) {
        long interval = settings.reloadInterval().toNanos();
        return timer.scheduleWithFixedDelay(
                () -> Thread.ofVirtual().name("erlang-tls-reload").start(this::reloadIfChanged),
                interval,
                interval,
                TimeUnit.NANOSECONDS);
    }

    /// Loads the files if they have changed.
    void reloadIfChanged() {
        if (!checking.compareAndSet(false, true)) {
            // An earlier check waits for a slow file system.
            return;
        }
        try {
            List<Object> now = fingerprint(settings);
            if (now.equals(fingerprint)) {
                return;
            }
            fingerprint = now;
            context = TlsContext.load(settings);
            problem = null;
            log.info("Loaded a new TLS certificate for new connections: {}", status());
            warnOfExpiry();
        } catch (TlsFileException e) {
            problem = e.item().setting() + ": " + e.getMessage();
            log.warn("Cannot load the new TLS certificate, the old one stays in use: {}", problem);
        } catch (RuntimeException e) {
            log.error("Loading a new TLS certificate failed by an error in this node", e);
        } finally {
            checking.set(false);
        }
    }

    private static List<Object> fingerprint(TlsSettings settings) {
        return TlsContext.files(settings).stream()
                .map((Path file) -> (Object) PemFile.fingerprint(file))
                .toList();
    }

    /// The certificate of this node; `null` if a context of the application holds it.
    public @Nullable Status status() {
        X509Certificate own = context.own();
        return own == null
                ? null
                : new Status(Subjects.of(own), own.getNotAfter().toInstant(), problem);
    }

    @Override
    public PeerSocket connected(SocketChannel channel, NodeName peer, Duration within) throws HandshakeException {
        try {
            return TlsSocket.connected(channel, context, peer.host(), within);
        } catch (HandshakeException e) {
            throw named(peer.toString(), e);
        }
    }

    @Override
    public PeerSocket accepted(SocketChannel channel, Duration within) throws HandshakeException {
        try {
            return TlsSocket.accepted(channel, context, within);
        } catch (HandshakeException e) {
            throw named("an unidentified peer", e);
        }
    }

    private static HandshakeException named(String peer, HandshakeException e) {
        return new HandshakeException(e.failure(), peer + " " + e.getMessage(), e);
    }
}
