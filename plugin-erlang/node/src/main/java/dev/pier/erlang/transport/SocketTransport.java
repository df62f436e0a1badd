package dev.pier.erlang.transport;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A TCP connection in non-blocking mode, so that any thread may try to write.
///
/// Hazard avoided: a thread that is interrupted while it uses a *blocking* channel closes the channel for all threads.
public final class SocketTransport implements Transport {
    private final SocketChannel channel;
    private final Selector readable;

    private final Object lock = new Object();

    /// Opened when a write first finds no room, which most connections never see. Guarded by `lock`.
    private @Nullable Selector writable;

    /// Guarded by `lock`.
    private boolean closed;

    /// Completed by the reader when it next finds nothing to read; `null` while no thread asks for that.
    private final AtomicReference<@Nullable CompletableFuture<Void>> caughtUp = new AtomicReference<>();

    /// Whether the last read filled its buffer. For the reader only.
    private boolean moreIsLikely;

    /// @param channel connected; it belongs to this object from now on
    public SocketTransport(SocketChannel channel) throws IOException {
        this.channel = channel;
        // Frames are gathered before they are written; a delay in the kernel would only delay answers.
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        readable = selector(SelectionKey.OP_READ);
    }

    private Selector selector(int operation) throws IOException {
        Selector selector = Selector.open();
        try {
            channel.register(selector, operation);
            return selector;
        } catch (Throwable t) {
            selector.close();
            throw t;
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int room = into.remaining();
        while (true) {
            // Not while a thread asks: the wake-up may have been used up by a read that found something.
            if (!moreIsLikely && caughtUp.get() == null) {
                select(readable);
            }
            CompletableFuture<Void> asked = caughtUp.get();
            int read = channel.read(into);
            moreIsLikely = read == room;
            if (read != 0) {
                return read;
            }
            if (asked != null && caughtUp.compareAndSet(asked, null)) {
                asked.complete(null);
            }
        }
    }

    @Override
    public CompletableFuture<Void> readUp() {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        CompletableFuture<Void> before = caughtUp.getAndSet(asked);
        if (before != null) {
            var _ = asked.thenRun(() -> before.complete(null));
        }
        readable.wakeup();
        return asked;
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
            // The kernel closes the socket once no selector refers to it.
            close(readable);
            if (writable != null) {
                close(writable);
            }
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception ignored) {
            // A resource that cannot be closed needs no further action.
        }
    }
}
