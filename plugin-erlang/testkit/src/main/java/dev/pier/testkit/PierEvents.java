package dev.pier.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// An open stream of server-sent events.
///
/// *Threads.* Safe for all threads; a virtual thread reads.
///
/// SPEC: WHATWG HTML, section 9.2.6.
public final class PierEvents implements AutoCloseable {
    /// One event. Immutable.
    ///
    /// @param id the last id that the server has sent; empty before
    /// @param name `message` if the server gave none
    public record Event(Optional<String> id, String name, String data) {}

    private final Stream<String> lines;
    /// An empty one is the end.
    private final BlockingQueue<Optional<Event>> events = new LinkedBlockingQueue<>();

    PierEvents(Stream<String> lines) {
        this.lines = lines;
        Thread.ofVirtual().name("test-events").start(this::read);
    }

    private void read() {
        Optional<String> id = Optional.empty();
        String name = "message";
        StringBuilder data = null;
        try {
            for (String line : (Iterable<String>) lines::iterator) {
                int colon = line.indexOf(':');
                String field = colon < 0 ? line : line.substring(0, colon);
                String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
                if (line.isEmpty()) {
                    if (data != null) {
                        events.add(Optional.of(new Event(id, name, data.toString())));
                    }
                    name = "message";
                    data = null;
                } else if (field.equals("id")) {
                    id = Optional.of(value);
                } else if (field.equals("event")) {
                    name = value;
                } else if (field.equals("data")) {
                    data = data == null
                            ? new StringBuilder(value)
                            : data.append('\n').append(value);
                }
            }
        } catch (RuntimeException _) {
            // The connection was closed by either side.
        } finally {
            events.add(Optional.empty());
        }
    }

    /// The next event; waits for it up to 10 s.
    ///
    /// @throws AssertionError if none arrives, or the stream has ended
    public Event next() {
        return next(Duration.ofSeconds(10));
    }

    /// The next event.
    ///
    /// @param timeout how long to wait for it
    /// @throws AssertionError if none arrives in time, or the stream has ended
    public Event next(Duration timeout) {
        return poll(timeout).orElseThrow(() -> new AssertionError("the stream of events has ended"));
    }

    /// Waits until the server has ended the stream, and discards events until then.
    ///
    /// @throws AssertionError if it does not end in time
    public void awaitEnd(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (poll(Duration.ofNanos(Math.max(0, end - System.nanoTime()))).isPresent()) {
            // Another event.
        }
    }

    private Optional<Event> poll(Duration timeout) {
        try {
            Optional<Event> next = Optional.ofNullable(events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS))
                    .orElseThrow(() -> new AssertionError("no event within " + timeout.toMillis() + " ms"));
            if (next.isEmpty()) {
                events.add(next);
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an event", e);
        }
    }

    /// Disconnects, as a browser does that leaves the page.
    @Override
    public void close() {
        lines.close();
    }
}
