package dev.pier.erlang.transport;

import dev.pier.erlang.dist.ProtocolViolation;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The TLS records of one connection in both directions: an engine and its buffers, without a socket. The methods
/// are given the transport that carries the records: a blocking one during the handshakes, a non-blocking one
/// afterwards.
///
/// Threads. One thread reads, one at a time writes; both may do so at once. The reader writes too, when the
/// protocol demands an answer of it. `lock` serializes what is written. Only encryption and writes that do not wait
/// run under it, except before the connection is shared by threads.
///
/// Hazard. Records are encrypted once: what the socket has no room for stays here encrypted, and the caller's bytes
/// count as taken only when the socket has taken all of their records. So a caller that still has bytes knows that
/// it has to write again.
///
/// The buffers are on the heap: the JDK's AES-GCM encrypts arrays in place, and copies buffers outside the heap in
/// pieces.
final class TlsRecords {
    /// Source and target of handshake messages, which are no data.
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// Of the first buffer for received records: most connections are idle.
    private static final int FIRST_BYTES = 4 << 10;

    /// How many records are encrypted before they are written.
    private static final int MAX_RECORDS_PER_WRITE = 4;

    /// How many answers to post-handshake messages may be outstanding. A peer that reads needs a few in days.
    private static final int MAX_UNANSWERED = 16;

    /// More records than an engine makes when it ends: what was pending, and an alert.
    private static final int MAX_ENDINGS = 8;

    private final SSLEngine engine;

    /// The room that the engine demands for each record. Set before the connection is shared by threads.
    private int maxPacket;

    /// Received records between `position` and `limit`. For the reader.
    private ByteBuffer received = ByteBuffer.allocate(FIRST_BYTES).limit(0);

    /// Whether the last read filled the buffer. For the reader.
    private boolean filled;

    /// Decrypted bytes that the caller's buffer had no room for. For the reader.
    private @Nullable ByteBuffer decrypted;

    /// The peer has ended the stream by `close_notify`. For the reader.
    private boolean ended;

    /// For the reader.
    private int unanswered;

    private final Object lock = new Object();

    /// Encrypted bytes that wait to be written, between `position` and `limit`. Guarded by `lock`.
    private ByteBuffer encrypted;

    /// How many of the caller's bytes are in `encrypted` and do not count as written yet. Guarded by `lock`.
    private int encryptedFrom;

    /// @param engine with its mode and parameters set
    TlsRecords(SSLEngine engine) {
        this.engine = engine;
        maxPacket = engine.getSession().getPacketBufferSize();
        encrypted = ByteBuffer.allocate(maxPacket).limit(0);
    }

    SSLEngine engine() {
        return engine;
    }

    /// Shakes hands. If that fails, the peer is told the reason as far as TLS allows it.
    ///
    /// @param carrier a blocking transport
    /// @throws SSLException if both sides do not agree, or the peer violated the protocol
    /// @throws EOFException if the peer closed the connection
    /// @throws IOException if the connection failed
    void handshake(Transport carrier) throws IOException {
        try {
            engine.beginHandshake();
            HandshakeStatus status = engine.getHandshakeStatus();
            while (status != HandshakeStatus.NOT_HANDSHAKING) {
                status = switch (status) {
                    case NEED_TASK -> runTasks();
                    case NEED_WRAP -> wrapHandshake(carrier);
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrapHandshake(carrier);
                    case FINISHED, NOT_HANDSHAKING -> engine.getHandshakeStatus();
                };
            }
            maxPacket = Math.max(maxPacket, engine.getSession().getPacketBufferSize());
        } catch (SSLException e) {
            sendAlert(carrier, e);
            throw e;
        }
    }

    private HandshakeStatus runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        return engine.getHandshakeStatus();
    }

    private HandshakeStatus wrapHandshake(Transport carrier) throws IOException {
        synchronized (lock) {
            SSLEngineResult result = wrap(NOTHING);
            flush(carrier);
            if (result.getStatus() == Status.CLOSED) {
                throw new SSLException("the handshake was ended by the peer");
            }
            return result.getHandshakeStatus();
        }
    }

    private HandshakeStatus unwrapHandshake(Transport carrier) throws IOException {
        SSLEngineResult result = engine.unwrap(received, NOTHING);
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> {
                if (!fill(carrier)) {
                    throw new EOFException("the connection was closed");
                }
            }
            case CLOSED -> throw new SSLException("the peer ended the handshake by close_notify");
            case BUFFER_OVERFLOW -> throw new SSLException("data before the end of the handshake");
            case OK -> {
                // The next step follows from the status.
            }
        }
        return result.getHandshakeStatus();
    }

    private void sendAlert(Transport carrier, SSLException cause) {
        try {
            synchronized (lock) {
                for (int i = 0; i < MAX_ENDINGS && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
                    wrap(NOTHING);
                    flush(carrier);
                }
            }
        } catch (IOException e) {
            // The peer sees only that the connection ends.
            cause.addSuppressed(e);
        }
    }

    /// Reads at least one byte; waits for it.
    ///
    /// @return how many bytes were read, or -1 at the end of the stream
    /// @throws ProtocolViolation if the peer sent what is no valid record, or began a new handshake
    /// @throws IOException if the connection failed
    int read(Transport carrier, ByteBuffer into) throws IOException {
        int before = into.position();
        while (true) {
            take(into);
            // As many records as are here and fit: each return makes the caller look for complete frames.
            while (into.hasRemaining() && !ended && unwrap(carrier, into)) {
                take(into);
            }
            int read = into.position() - before;
            if (read > 0) {
                return read;
            }
            if (ended || !fill(carrier)) {
                return -1;
            }
        }
    }

    private void take(ByteBuffer into) {
        if (decrypted != null && decrypted.hasRemaining()) {
            int chunk = Math.min(decrypted.remaining(), into.remaining());
            into.put(into.position(), decrypted, decrypted.position(), chunk);
            into.position(into.position() + chunk);
            decrypted.position(decrypted.position() + chunk);
        }
    }

    /// Decrypts one record, if a whole one is here.
    ///
    /// @return false if no whole record is here
    private boolean unwrap(Transport carrier, ByteBuffer into) throws IOException {
        if (!received.hasRemaining()) {
            return false;
        }
        try {
            SSLEngineResult result = engine.unwrap(received, into);
            if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                result = unwrapAside();
            }
            ended |= result.getStatus() == Status.CLOSED;
            // Data is no question: an answer that finds no room stays outstanding while data arrives.
            if (result.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
                    && result.bytesProduced() == 0
                    && !ended) {
                answer(carrier, result.getHandshakeStatus());
            }
            return result.getStatus() == Status.OK;
        } catch (SSLException e) {
            throw invalid(e);
        }
    }

    /// Decrypts a record that the caller's buffer has no room for.
    private SSLEngineResult unwrapAside() throws SSLException {
        int needed = engine.getSession().getApplicationBufferSize();
        if (decrypted == null || decrypted.capacity() < needed) {
            decrypted = ByteBuffer.allocate(needed);
        }
        decrypted.clear();
        try {
            return engine.unwrap(received, decrypted);
        } finally {
            decrypted.flip();
        }
    }

    private static IOException invalid(SSLException e) {
        String message = String.valueOf(e.getMessage());
        return TlsRefusals.isAlert(e)
                ? new IOException("TLS: " + message, e)
                : new ProtocolViolation("invalid TLS record: " + message, e);
    }

    /// Reacts to a message of the TLS protocol itself. In TLS 1.3 a peer may ask for an update of the keys. In
    /// TLS 1.2 it may ask for a new handshake, which is refused: it may change the identity of the peer.
    private void answer(Transport carrier, HandshakeStatus status) throws IOException {
        if (status == HandshakeStatus.NEED_WRAP) {
            synchronized (lock) {
                flush(carrier);
                while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && makeRoom()) {
                    wrap(NOTHING);
                }
                // Bytes that find no room wait for the write owner, which sends them before its next record.
                unanswered = flush(carrier) ? 0 : unanswered + 1;
            }
            if (unanswered > MAX_UNANSWERED) {
                throw new ProtocolViolation("more than " + MAX_UNANSWERED
                        + " TLS messages that need an answer, from a peer that does not read");
            }
        } else if (status != HandshakeStatus.FINISHED) {
            throw new ProtocolViolation("the peer asked for a new TLS handshake (renegotiation), which is refused");
        }
    }

    /// Writes as much as the carrier has room for. The bytes of a record count as written when all of the
    /// record has been written; until then the caller has to pass them again, before all others.
    void write(Transport carrier, ByteBuffer from) throws IOException {
        synchronized (lock) {
            if (!flush(carrier)) {
                return;
            }
            from.position(from.position() + encryptedFrom);
            encryptedFrom = 0;
            while (from.hasRemaining()) {
                int start = from.position();
                encrypt(from);
                if (!flush(carrier)) {
                    encryptedFrom = from.position() - start;
                    from.position(start);
                    return;
                }
            }
        }
    }

    /// Encrypts records until the buffer has no room for another.
    private void encrypt(ByteBuffer from) throws IOException {
        if (from.remaining() > maxPacket && encrypted.capacity() == maxPacket) {
            encrypted = ByteBuffer.allocate(MAX_RECORDS_PER_WRITE * maxPacket).limit(0);
        }
        do {
            SSLEngineResult result = wrap(from);
            if (result.getStatus() == Status.CLOSED) {
                throw new IOException("TLS: the connection has been closed");
            }
        } while (from.hasRemaining() && makeRoom());
    }

    /// Makes one record, for which there is room.
    private SSLEngineResult wrap(ByteBuffer from) throws IOException {
        makeRoom();
        int start = encrypted.position();
        encrypted.position(encrypted.limit()).limit(encrypted.capacity());
        SSLEngineResult result;
        try {
            result = engine.wrap(from, encrypted);
        } finally {
            encrypted.limit(encrypted.position()).position(start);
        }
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            throw new IOException("TLS: no room for a record of " + maxPacket + " bytes");
        }
        return result;
    }

    /// Whether the buffer has room for another record, after moving what waits to its begin.
    private boolean makeRoom() {
        if (encrypted.capacity() - encrypted.limit() < maxPacket) {
            encrypted.compact().flip();
        }
        return encrypted.capacity() - encrypted.limit() >= maxPacket;
    }

    /// @return whether all has been written
    private boolean flush(Transport carrier) throws IOException {
        if (encrypted.hasRemaining()) {
            carrier.writeWhatFits(encrypted);
        }
        return !encrypted.hasRemaining();
    }

    /// Reads what the carrier has. The buffer grows for a record that does not fit, and after a read that
    /// filled it. Its bound is above that of a record, which the engine enforces by the length in its header.
    ///
    /// @return false at the end of the stream
    /// @throws EOFException if it ends inside a record
    private boolean fill(Transport carrier) throws IOException {
        received.compact();
        int max = MAX_RECORDS_PER_WRITE * maxPacket;
        if ((filled || !received.hasRemaining()) && received.capacity() < max) {
            received =
                    ByteBuffer.allocate(Math.min(max, 4 * received.capacity())).put(received.flip());
        }
        if (!received.hasRemaining()) {
            throw new ProtocolViolation("TLS record of more than " + max + " bytes");
        }
        int read;
        try {
            read = carrier.read(received);
            filled = !received.hasRemaining();
        } finally {
            received.flip();
        }
        if (read < 0 && received.hasRemaining()) {
            throw new EOFException("stream ended inside a TLS record");
        }
        return read >= 0;
    }

    /// Tells the peer that the stream ends, unless bytes before that wait. Never waits if the carrier does not.
    void end(Transport carrier) {
        synchronized (lock) {
            engine.closeOutbound();
            try {
                for (int i = 0; i < MAX_ENDINGS && !engine.isOutboundDone() && makeRoom(); i++) {
                    wrap(NOTHING);
                }
                flush(carrier);
            } catch (IOException e) {
                // The peer sees that the connection ends without it.
            }
        }
    }
}
