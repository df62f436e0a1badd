package dev.pier.erlang.stream;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.internal.LeavableStream;
import dev.pier.erlang.internal.StreamClosedAtStop;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.mapping.AnswerErrors;
import dev.pier.erlang.mapping.EncodedReply;
import dev.pier.erlang.process.EndlessUses;
import dev.pier.erlang.stream.StreamBuffer.Item;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A stream as applications see it. The consumer's thread reads; any thread may close.
///
/// The first item decides the kind: a message is the beginning of a producer's rows, an exit reason that of a
/// returned value.
public final class RemoteStream
        implements ReplyStream, BulkLane.Stream, StreamClosedAtStop, LeavableStream, EndlessUses.Use {
    private static final Logger log = LoggerFactory.getLogger(RemoteStream.class);

    private final StreamCall call;
    private final StreamBuffer buffer;
    private final ValueMapper mapper;
    private final DecodeLimits limits;
    private final StreamingEtfInput answer;
    private final EndlessUses endless;
    private final Consumer<RemoteStream> onClose;
    private final AtomicBoolean used = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    /// The consumer has read the end of the stream, rather than found it closed.
    private boolean complete;

    /// `null` if the answer is a returned value, and before it has begun.
    private @Nullable StreamItems rows;

    /// Told how the answer has begun; `null` once it has.
    private @Nullable Consumer<@Nullable ErlangException> beginning;

    private volatile boolean endedAtStop;

    /// Ends when the application begins to drain.
    private volatile boolean isEndless;

    /// The failure that ended the stream before its end.
    private volatile @Nullable Throwable failure;

    /// Told of the end of the stream, once.
    private final AtomicReference<@Nullable Consumer<@Nullable Throwable>> afterClose = new AtomicReference<>();

    /// The answer comes in parts that are messages; `null` if it comes as the exit reason.
    private @Nullable AnswerParts parts;

    /// @param endless the streams that end when the application begins to drain
    /// @param onClose run once when the stream is over
    public RemoteStream(StreamCall call, ValueMapper mapper, EndlessUses endless, Consumer<RemoteStream> onClose) {
        this.call = call;
        this.buffer = call.buffer();
        this.mapper = mapper;
        this.limits = call.limits();
        this.answer = new StreamingEtfInput(this::nextPart);
        this.endless = endless;
        this.onClose = onClose;
    }

    /// Waits until the answer begins.
    ///
    /// @throws dev.pier.erlang.ErlangException if it does not begin by the deadline, or the function failed; the
    ///     stream is closed then
    public void open(long deadlineNanos) {
        guarded(() -> {
            while (!begin(buffer.first(deadlineNanos))) {
                // Other messages may come first.
            }
            return this;
        });
    }

    /// Takes an item before the answer has begun.
    ///
    /// @return whether the answer has begun with it
    private boolean begin(Item item) {
        if (item instanceof Item.Message(EncodedTerm message)) {
            StreamHello hello = StreamHello.of(message, limits);
            buffer.remove();
            if (hello == null) {
                return false;
            }
            if (!hello.isAnswer()) {
                rows = new ProducerRows(call, hello);
                return true;
            }
            parts = new AnswerParts(call, hello);
        } else if (call.isRequest() && item instanceof Item.Part(EncodedTerm end)) {
            buffer.remove();
            rows = SingleRow.of(end, call.result(), limits);
            return true;
        }
        enterAnswer();
        return true;
    }

    /// Lets [#await] open the stream, so that the caller does not wait for the answer to begin.
    ///
    /// @param listener told how it has begun: with the failure, or `null`
    public void openLater(Consumer<@Nullable ErlangException> listener) {
        beginning = listener;
    }

    /// Tells a listener what has ended the stream, once it is over: `null` if it was read to its end, or
    /// closed.
    public void afterClose(Consumer<@Nullable Throwable> listener) {
        afterClose.set(listener);
        if (closed.get()) {
            tellEnd();
        }
    }

    private void tellEnd() {
        Consumer<@Nullable Throwable> listener = afterClose.getAndSet(null);
        if (listener != null) {
            listener.accept(failure);
        }
    }

    /// @return false if the answer has not begun in time
    private boolean begun(Duration patience) {
        Consumer<@Nullable ErlangException> listener = beginning;
        if (listener == null) {
            return true;
        }
        try {
            if (!guarded(() -> begins(patience))) {
                return false;
            }
        } catch (ErlangException e) {
            beginning = null;
            listener.accept(e);
            throw e;
        }
        beginning = null;
        listener.accept(null);
        return true;
    }

    private boolean begins(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        Item item;
        do {
            item = buffer.firstOrNull(deadline);
        } while (item != null && !begin(item));
        return item != null;
    }

    private @Nullable EncodedTerm nextPart() {
        return parts == null ? buffer.nextPart() : parts.next();
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
        if (!begun(patience)) {
            return false;
        }
        StreamItems producer = rows;
        return producer == null || complete || guarded(() -> producer.await(patience));
    }

    @Override
    public void writeJson(OutputStream out) throws IOException {
        JsonSink sink = mapper.json(out);
        if (rows == null) {
            use();
            writing(() -> {
                sink.write(answer);
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
            use();
            writing(() -> {
                new Iolist(answer, out, limits.depth()).write();
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
            onClose.accept(this);
            if (isEndless) {
                endless.remove(this);
            }
            tellEnd();
        }
    }

    private void closeAfter(Throwable problem) {
        failure = problem;
        close();
    }

    @Override
    public void leave() {
        if (!closed.get() && rows instanceof ProducerRows producer) {
            producer.leave();
        }
    }

    /// A returned value has an end of its own.
    @Override
    public void closeAtStop() {
        if (rows != null) {
            isEndless = true;
            endless.add(this);
        }
    }

    @Override
    public void endAtStop() {
        if (!closed.get()) {
            endedAtStop = true;
            close();
        }
    }

    @Override
    public boolean isOver() {
        return closed.get();
    }

    @Override
    public boolean isClosedAtStop() {
        return endedAtStop;
    }

    /// An open stream occupies memory or a lane, and a process of the peer.
    @Override
    public void closeIfUnread(Duration time, String setting) {
        if (buffer.unreadNanos() > time.toNanos() && !closed.get()) {
            log.warn(
                    "Closed the stream of {}: it was neither read nor closed by the application for {} (setting {})",
                    call,
                    time,
                    setting);
            close();
        }
    }

    @Override
    public long stalledNanos() {
        return buffer.stalledNanos();
    }

    private StreamItems elements() {
        use();
        StreamItems producer = rows;
        return producer != null ? producer : new ListElements(answer, limits);
    }

    private void use() {
        if (beginning != null) {
            throw new IllegalStateException("the answer of " + call + " has not begun");
        }
        if (!used.compareAndSet(false, true)) {
            throw new IllegalStateException("the stream of " + call + " can be read only once");
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

    /// Moves [#answer] from the exit reason to the returned value in it.
    private void enterAnswer() {
        StreamedErpcResult.enter(answer, call.tag(), call.result(), limits);
    }

    private void end() {
        switch (rows) {
            case null -> answer.requireEnd();
            case SingleRow _ -> {
                // Its end has come with it.
            }
            case StreamItems _ -> enterAnswer();
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

    /// Closes the stream after a failure, so that the lane is free again. A decoding error concerns an answer that
    /// came.
    private void writing(Writing work) throws IOException {
        try {
            work.run();
        } catch (MalformedTerm | UnexpectedTerm e) {
            closeAfter(e);
            throw AnswerErrors.inAnswer(e);
        } catch (Throwable t) {
            closeAfter(t);
            throw t;
        }
    }

    private <T> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (MalformedTerm | UnexpectedTerm e) {
            closeAfter(e);
            throw AnswerErrors.inAnswer(e);
        } catch (Throwable t) {
            closeAfter(t);
            throw t;
        }
    }

    @Override
    public String toString() {
        return "ReplyStream[" + call + "]";
    }
}
