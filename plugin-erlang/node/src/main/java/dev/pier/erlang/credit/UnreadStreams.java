package dev.pier.erlang.credit;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The open streams of one connection, of which those that are not read for some time are closed. One task of the
/// timer checks all of them: most streams end before a task of their own would have run.
///
/// Threads: any thread adds and removes; the timer checks.
public final class UnreadStreams {
    /// A stream, as far as it is checked.
    public interface Stream {
        /// Ends the stream if what has arrived was not read for so long.
        ///
        /// @param setting what sets the time, for the log
        void closeIfUnread(Duration time, String setting);
    }

    private static final Logger log = LoggerFactory.getLogger(UnreadStreams.class);
    private static final String SETTING = "erlang.bulk.unread";

    private final ScheduledExecutorService timer;
    private final Duration unread;
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean checking = new AtomicBoolean();

    /// @param unread after how long a stream that is not read is closed
    public UnreadStreams(ScheduledExecutorService timer, Duration unread) {
        this.timer = timer;
        this.unread = unread;
    }

    public void add(Stream stream) {
        streams.add(stream);
        begin();
    }

    public void remove(Stream stream) {
        streams.remove(stream);
    }

    private void begin() {
        if (!checking.get() && checking.compareAndSet(false, true)) {
            ScheduledFuture<?> _ = timer.schedule(this::check, unread.toNanos() / 4, TimeUnit.NANOSECONDS);
        }
    }

    private void check() {
        for (Stream stream : streams) {
            try {
                stream.closeIfUnread(unread, SETTING);
            } catch (Throwable t) {
                log.error("A check of a stream failed by an error in this node; the next one follows", t);
            }
        }
        checking.set(false);
        if (!streams.isEmpty()) {
            begin();
        }
    }
}
