package dev.pier.erlang.transport;

import dev.pier.erlang.handshake.CloseAtDeadline;
import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.handshake.HandshakeTransport;
import dev.pier.erlang.handshake.StreamTransport;
import dev.pier.erlang.transport.TlsSettings.Names;
import dev.pier.erlang.transport.TlsSettings.Verify;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// A TLS connection during the distribution handshake: the TLS handshake is done.
final class TlsSocket implements PeerSocket {
    /// The type of a record with a handshake message, with which each connection begins.
    private static final byte HANDSHAKE_RECORD = 22;

    private static final Duration LINGER = Duration.ofMillis(500);
    private static final int MAX_LINGER_READS = 32;

    private final SocketChannel channel;
    private final TlsRecords records;
    private final TlsSettings settings;
    private final TlsRefusals refusals;

    /// Reads and writes all of a buffer.
    private final BlockingChannel carrier;

    private TlsSocket(SocketChannel channel, SSLEngine engine, TlsSettings settings) {
        this.channel = channel;
        this.records = new TlsRecords(engine);
        this.settings = settings;
        this.refusals = new TlsRefusals(engine.getUseClientMode(), settings.versions());
        this.carrier = new BlockingChannel(channel);
    }

    /// Begins with TLS on a connection that this node has opened.
    ///
    /// @param host which the certificate of the peer must name
    /// @throws HandshakeException if there is no agreement within the deadline; the message is a predicate of
    ///     the peer
    static TlsSocket connected(SocketChannel channel, TlsContext context, String host, Duration within)
            throws HandshakeException {
        int port = channel.socket().getPort();
        TlsSocket socket = new TlsSocket(channel, context.outgoing(host, port), context.settings());
        socket.shakeHands(within);
        socket.requireHost(host);
        return socket;
    }

    /// Begins with TLS on a connection that a peer has opened.
    ///
    /// @throws HandshakeException if there is no agreement within the deadline; the message is a predicate of
    ///     the peer
    static TlsSocket accepted(SocketChannel channel, TlsContext context, Duration within) throws HandshakeException {
        TlsSocket socket = new TlsSocket(channel, context.incoming(), context.settings());
        socket.shakeHands(within);
        socket.requireValid();
        return socket;
    }

    private void shakeHands(Duration within) throws HandshakeException {
        CloseAtDeadline deadline = new CloseAtDeadline(channel, within);
        try {
            records.handshake(carrier);
        } catch (IOException e) {
            HandshakeException explained = refusals.explain(deadline.explain(e), carrier.heard);
            if (e instanceof SSLException) {
                linger();
            }
            throw explained;
        } finally {
            deadline.disarm();
        }
    }

    /// Lets the peer read why it is refused: closing a socket with unread bytes would discard what was written.
    private void linger() {
        CloseAtDeadline deadline = new CloseAtDeadline(channel, LINGER);
        try {
            channel.shutdownOutput();
            ByteBuffer unread = ByteBuffer.allocate(4096);
            for (int i = 0; i < MAX_LINGER_READS && channel.read(unread.clear()) >= 0; i++) {}
        } catch (IOException e) {
            // The peer has gone.
        } finally {
            deadline.disarm();
        }
    }

    /// A socket in blocking mode as the carrier of records.
    private final class BlockingChannel implements Transport {
        private final SocketChannel channel;
        private boolean heard;

        BlockingChannel(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            int start = into.position();
            int read = channel.read(into);
            if (!heard && read > 0) {
                heard = true;
                requireTls(into.get(start));
            }
            return read;
        }

        private void requireTls(byte type) throws HandshakeException {
            boolean alert = type == HANDSHAKE_RECORD - 1;
            if (type != HANDSHAKE_RECORD && !alert) {
                throw new HandshakeException(
                        Failure.TLS_REFUSED,
                        refusals.peerListens()
                                ? "does not speak TLS, which is required for it (setting tls of the peer)"
                                : "does not speak TLS, which this port requires (setting erlang.listen.tls)");
            }
        }

        @Override
        public void writeWhatFits(ByteBuffer from) throws IOException {
            while (from.hasRemaining()) {
                channel.write(from);
            }
        }

        @Override
        public void awaitRoom() {}

        @Override
        public void close() {
            TlsSocket.this.close();
        }
    }

    @Override
    public HandshakeTransport packets() {
        return StreamTransport.tls(new In(), new Out(), channel);
    }

    /// The bytes that the peer sends during the distribution handshake. With TLS 1.3 a peer that has accepted the
    /// connection may refuse the certificate of this node only now.
    private final class In extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            try {
                return records.read(carrier, ByteBuffer.wrap(into, offset, length));
            } catch (EOFException e) {
                throw e;
            } catch (IOException e) {
                throw e.getCause() instanceof SSLException cause ? refusals.explain(cause, true) : e;
            }
        }
    }

    private final class Out extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            records.write(carrier, ByteBuffer.wrap(bytes, offset, length));
        }
    }

    @Override
    public void requireHost(String host) throws HandshakeException {
        X509Certificate certificate = requireValid();
        if (certificate != null
                && settings.names() == Names.HOST
                && !CertificateNames.of(certificate).cover(host)) {
            throw refused(CertificateRefused.otherHost(host, certificate));
        }
    }

    /// Checks the certificate itself. A resumed session has the one of an earlier handshake.
    ///
    /// @return the certificate of the peer; `null` if none is required
    private @Nullable X509Certificate requireValid() throws HandshakeException {
        if (settings.verify() == Verify.NONE) {
            return null;
        }
        X509Certificate certificate = peerCertificate();
        try {
            if (certificate == null) {
                throw CertificateRefused.missing();
            }
            certificate.checkValidity();
            return certificate;
        } catch (CertificateRefused e) {
            throw refused(e);
        } catch (CertificateException e) {
            throw refused(CertificateRefused.because(e, certificate));
        }
    }

    private static HandshakeException refused(CertificateRefused reason) {
        return new HandshakeException(Failure.TLS_REFUSED, String.valueOf(reason.getMessage()), reason);
    }

    private @Nullable X509Certificate peerCertificate() {
        try {
            return records.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? certificate
                    : null;
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    @Override
    public Transport transport() throws IOException {
        return new TlsTransport(new SocketTransport(channel), records, info());
    }

    SSLSession session() {
        return records.engine().getSession();
    }

    private TlsInfo info() {
        SSLSession session = session();
        X509Certificate peer = peerCertificate();
        var own = session.getLocalCertificates();
        return new TlsInfo(
                session.getProtocol(),
                session.getCipherSuite(),
                peer == null ? null : Subjects.of(peer),
                peer == null ? null : peer.getNotAfter().toInstant(),
                own != null && own.length > 0 && own[0] instanceof X509Certificate certificate
                        ? certificate.getNotAfter().toInstant()
                        : (Instant) null);
    }

    @Override
    public String remote() {
        return PlainSocket.remote(channel);
    }

    @Override
    public void close() {
        PlainSocket.close(channel);
    }
}
