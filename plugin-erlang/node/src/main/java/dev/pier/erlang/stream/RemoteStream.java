package dev.pier.erlang.stream;

import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.mapping.EncodedReply;
import dev.pier.erlang.stream.StreamBuffer.Item;
import dev.pier.erlang.term.Reference;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A stream as applications see it. The consumer's thread reads; any thread may close.
///
/// What comes first decides what it is: a message is the beginning of a producer's rows, an exit reason that of a
/// returned value.
public final class RemoteStream implements ReplyStream {
    private static final Logger log = LoggerFactory.getLogger(RemoteStream.class);

    private final StreamCall call;
    private final StreamReader intake;
    private final ValueMapper mapper;
    private final DecodeLimits limits;
    private final Runnable onClose;
    private final AtomicBoolean used = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    /// The consumer has seen the end, and not just a stream that somebody has closed.
    private boolean complete;

    private @Nullable ProducerRows rows;

    /// @param onClose run once when the stream is over
    public RemoteStream(StreamCall call, StreamReader intake, ValueMapper mapper, Runnable onClose) {
        this.call = call;
        this.intake = intake;
        this.mapper = mapper;
        this.limits = intake.limits();
        this.onClose = onClose;
    }

    /// Waits until the answer begins.
    ///
    /// @param window how many bytes of rows may be on their way
    /// @throws dev.pier.erlang.ErlangException if it does not, or with a failure; the stream is closed then
    public void open(long deadlineNanos, int window) {
        guarded(() -> {
            while (intake.first(deadlineNanos) instanceof Item.Message(EncodedTerm message)) {
                Reference mark = ProducerRows.begin(message);
                intake.remove();
                if (mark != null) {
                    rows = new ProducerRows(intake, window, mark);
                    return this;
                }
            }
            intake.enterAnswer();
            return this;
        });
    }

    @Override
    public Iterator<Reply> iterator() {
        StreamItems elements = elements();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !complete && RemoteStream.this.hasNext(elements);
            }

            @Override
            public Reply next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return new EncodedReply(guarded(() -> elements.next().copy()), mapper, limits);
            }
        };
    }

    @Override
    public boolean await(Duration patience) {
        ProducerRows producer = rows;
        return producer == null || complete || guarded(() -> producer.await(patience));
    }

    @Override
    public void writeJson(OutputStream out) throws IOException {
        JsonSink sink = mapper.json(out);
        if (rows == null) {
            begin();
            writing(() -> {
                sink.write(intake.answer());
                end();
                sink.flush();
            });
            return;
        }
        StreamItems elements = elements();
        writing(() -> {
            sink.raw('[');
            for (boolean first = true; hasNext(elements); first = false) {
                if (!first) {
                    sink.raw(',');
                }
                elements.writeNext(sink);
                flushBeforeWaiting(elements, sink::flush);
            }
            sink.raw(']');
            sink.flush();
        });
    }

    @Override
    public void writeNdjson(OutputStream out) throws IOException {
        JsonSink sink = mapper.json(out);
        StreamItems elements = elements();
        writing(() -> {
            while (hasNext(elements)) {
                elements.writeNext(sink);
                sink.raw('\n');
                flushBeforeWaiting(elements, sink::flush);
            }
            sink.flush();
        });
    }

    @Override
    public void writeBytes(OutputStream out) throws IOException {
        if (rows == null) {
            begin();
            writing(() -> {
                new Iolist(intake.answer(), out, limits.depth()).write();
                end();
                out.flush();
            });
            return;
        }
        StreamItems elements = elements();
        writing(() -> {
            while (hasNext(elements)) {
                new Iolist(StreamingEtfInput.of(elements.next()), out, limits.depth()).write();
                flushBeforeWaiting(elements, out::flush);
            }
            out.flush();
        });
    }

    @Override
    public Flow.Publisher<Reply> publisher() {
        return new StreamPublisher(this);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            call.close();
            onClose.run();
        }
    }

    /// Closes the stream if its consumer seems to have forgotten it: it occupies a lane, and a process of the peer.
    public void closeIfUnread(Duration patience) {
        if (call.inflow().unreadNanos() > patience.toNanos()) {
            log.warn(
                    "the stream of {} is closed: nobody has read it or closed it for {} (setting erlang.bulk.unread)",
                    intake,
                    patience);
            close();
        }
    }

    private StreamItems elements() {
        begin();
        ProducerRows producer = rows;
        return producer != null ? producer : new ListElements(intake.answer(), limits);
    }

    private void begin() {
        if (!used.compareAndSet(false, true)) {
            throw new IllegalStateException("the stream of " + intake + " is read once, and somebody reads it already");
        }
    }

    /// Whether there is another element; if not, the stream is over.
    private boolean hasNext(StreamItems elements) {
        return guarded(() -> {
            boolean more = elements.hasNext();
            if (!more) {
                end();
            }
            return more;
        });
    }

    private void end() {
        if (rows != null) {
            intake.enterAnswer();
        } else {
            intake.answer().requireEnd();
        }
        complete = true;
        close();
    }

    private static void flushBeforeWaiting(StreamItems elements, Writing flush) throws IOException {
        if (!elements.await(Duration.ZERO)) {
            flush.run();
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    /// Whatever goes wrong, the lane is free again.
    private void writing(Writing work) throws IOException {
        boolean done = false;
        try {
            work.run();
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private <T> T guarded(Supplier<T> work) {
        boolean done = false;
        try {
            T value = work.get();
            done = true;
            return value;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    @Override
    public String toString() {
        return "ReplyStream[" + intake + "]";
    }
}
