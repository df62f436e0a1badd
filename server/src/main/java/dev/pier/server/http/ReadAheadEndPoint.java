package dev.pier.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// A connection whose selector reads the first bytes of a request itself, and watches the connection all the
/// time.
///
/// Jetty's own end point stops watching a connection that has something to read, and asks the selector to
/// watch it again after the response: two system calls, and often a wake-up of the selector, for each
/// request. Here the selector takes the bytes, so that the connection is no longer readable and can stay
/// watched. A connection that becomes readable while no reader waits, as with a large body, is watched again
/// when one does, as Jetty does it.
///
/// *Threads.* [#onSelected] and the key belong to the selector's thread. [#needsFillInterest] is called by
/// any, and [#fill] by the reader, which starts after `onSelected`.
///
/// SPEC: epoll(7), level-triggered: a connection that stays readable is reported again.
final class ReadAheadEndPoint extends SocketChannelEndPoint {
    private enum Watch {
        /// The selector does not watch the connection, and no reader waits.
        OFF,
        /// The selector watches the connection, and no reader waits.
        ON,
        /// A reader waits: the selector watches the connection, or is about to.
        AWAITED
    }

    private final ManagedSelector selector;
    private final ByteBuffer scratch;
    private final AtomicReference<Watch> watch = new AtomicReference<>(Watch.OFF);
    private WatchedKey key;
    /// What the selector has read, of which the reader has taken a part.
    private byte @Nullable [] ahead;

    private int taken;

    /// @param scratch the buffer of the selector's thread
    ReadAheadEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            ByteBuffer scratch) {
        this(channel, selector, new WatchedKey(key), scheduler, scratch);
    }

    private ReadAheadEndPoint(
            SocketChannel channel, ManagedSelector selector, WatchedKey key, Scheduler scheduler, ByteBuffer scratch) {
        super(channel, selector, key, scheduler);
        this.selector = selector;
        this.scratch = scratch;
        this.key = key;
    }

    @Override
    public void replaceKey(SelectionKey replacement) {
        key = new WatchedKey(replacement);
        super.replaceKey(key);
    }

    @Override
    protected void needsFillInterest() {
        // There is one reader, so only the selector changes the state meanwhile, and never when it is OFF.
        if (!watch.compareAndSet(Watch.ON, Watch.AWAITED)) {
            watch.set(Watch.AWAITED);
            selector.submit(_ -> watchAgain());
        }
    }

    private void watchAgain() {
        try {
            key.watch(true);
        } catch (CancelledKeyException e) {
            close();
        }
    }

    @Override
    public @Nullable Runnable onSelected() {
        if (!key.isReadable()) {
            return super.onSelected();
        }
        if (isAwaited()) {
            readAhead();
            return super.onSelected();
        }
        key.watch(false);
        return key.readyOps() == 0 ? null : super.onSelected();
    }

    /// Whether a reader waits. Afterwards none does.
    private boolean isAwaited() {
        return watch.compareAndSet(Watch.AWAITED, Watch.ON)
                // A reader may come in between.
                || (!watch.compareAndSet(Watch.ON, Watch.OFF) && watch.compareAndSet(Watch.AWAITED, Watch.ON));
    }

    private void readAhead() {
        scratch.clear();
        try {
            if (getChannel().read(scratch) > 0) {
                byte[] bytes = new byte[scratch.flip().remaining()];
                scratch.get(bytes);
                taken = 0;
                ahead = bytes;
            }
        } catch (IOException e) {
            // The reader gets it, too, as it gets the end of the connection.
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        byte[] bytes = ahead;
        if (bytes == null) {
            return super.fill(buffer);
        }
        int position = BufferUtil.flipToFill(buffer);
        int count = Math.min(bytes.length - taken, buffer.remaining());
        buffer.put(bytes, taken, count);
        BufferUtil.flipToFlush(buffer, position);
        taken += count;
        if (taken == bytes.length) {
            ahead = null;
        }
        notIdle();
        return count;
    }

    /// The key as Jetty's end point has it, which then decides only whether the connection is watched for writing.
    private static final class WatchedKey extends SelectionKey {
        private final SelectionKey key;

        WatchedKey(SelectionKey key) {
            this.key = key;
        }

        void watch(boolean reading) {
            int others = key.interestOps() & ~OP_READ;
            key.interestOps(reading ? others | OP_READ : others);
        }

        @Override
        public SelectableChannel channel() {
            return key.channel();
        }

        @Override
        public Selector selector() {
            return key.selector();
        }

        @Override
        public boolean isValid() {
            return key.isValid();
        }

        @Override
        public void cancel() {
            key.cancel();
        }

        @Override
        public int interestOps() {
            return key.interestOps();
        }

        @Override
        public SelectionKey interestOps(int ops) {
            key.interestOps((ops & ~OP_READ) | (key.interestOps() & OP_READ));
            return this;
        }

        /// Without what is not watched.
        @Override
        public int readyOps() {
            return key.readyOps() & key.interestOps();
        }
    }
}
