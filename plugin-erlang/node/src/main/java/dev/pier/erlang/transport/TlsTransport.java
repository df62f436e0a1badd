package dev.pier.erlang.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/// A TLS connection after its handshake, over a TCP connection in non-blocking mode.
///
/// Threads: as [Transport]. The reader decrypts on its thread, the write owner encrypts on its thread.
///
/// Lifecycle. The end of the TCP connection without `close_notify` counts as the end of the stream unless it cuts a
/// record: frames have lengths, so a message that was cut is noticed. OTP's nodes end without it when they are
/// killed.
final class TlsTransport implements Transport {
    private final SocketTransport socket;
    private final TlsRecords records;
    private final TlsInfo info;

    /// @param records after their handshake
    TlsTransport(SocketTransport socket, TlsRecords records, TlsInfo info) {
        this.socket = socket;
        this.records = records;
        this.info = info;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return records.read(socket, into);
    }

    /// All that the socket has delivered has been decrypted and returned when the socket is found empty.
    @Override
    public CompletableFuture<Void> readUp() {
        return socket.readUp();
    }

    @Override
    public void writeWhatFits(ByteBuffer from) throws IOException {
        records.write(socket, from);
    }

    @Override
    public void awaitRoom() throws IOException {
        socket.awaitRoom();
    }

    @Override
    public TlsInfo tls() {
        return info;
    }

    @Override
    public void close() {
        records.end(socket);
        socket.close();
    }
}
