package dev.pier.erlang.connection;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// A TCP connection whose socket never makes anybody wait unasked, so that any thread may try to write.
///
/// The hazard that this avoids: a thread with its interrupt status set that used a *blocking* channel would close it
/// for everybody.
public final class SocketTransport implements Transport {
    private final SocketChannel channel;
    private final Selector readable;

    /// Guards the field that follows.
    private final Object lock = new Object();

    /// Most connections never need it: a peer that reads leaves room.
    private @Nullable Selector writable;

    private boolean closed;

    /// For the reader only.
    private boolean moreIsLikely;

    /// @param channel connected; it belongs to this object from now on
    public SocketTransport(SocketChannel channel) throws IOException {
        this.channel = channel;
        // What is queued is gathered before it is written; waiting for more in the kernel would only delay answers.
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        readable = selector(SelectionKey.OP_READ);
    }

    private Selector selector(int operation) throws IOException {
        Selector selector = Selector.open();
        boolean registered = false;
        try {
            channel.register(selector, operation);
            registered = true;
            return selector;
        } finally {
            if (!registered) {
                selector.close();
            }
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int room = into.remaining();
        while (true) {
            if (!moreIsLikely) {
                select(readable);
            }
            int read = channel.read(into);
            moreIsLikely = read == room;
            if (read != 0) {
                return read;
            }
        }
    }

    @Override
    public void writeWhatFits(ByteBuffer from) throws IOException {
        channel.write(from);
    }

    @Override
    public void awaitRoom() throws IOException {
        Selector selector;
        synchronized (lock) {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (writable == null) {
                writable = selector(SelectionKey.OP_WRITE);
            }
            selector = writable;
        }
        select(selector);
    }

    private static void select(Selector selector) throws IOException {
        try {
            selector.select(_ -> {});
        } catch (ClosedSelectorException e) {
            throw (IOException) new ClosedChannelException().initCause(e);
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            close(channel);
            // The socket itself ends once no selector has it any more.
            close(readable);
            if (writable != null) {
                close(writable);
            }
        }
    }

    private static void close(AutoCloseable what) {
        try {
            what.close();
        } catch (Exception ignored) {
            // Closing is all that was wanted, and nobody is left to tell.
        }
    }
}
