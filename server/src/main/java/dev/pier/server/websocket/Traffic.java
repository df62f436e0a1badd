package dev.pier.server.websocket;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// The open sockets of one context path, in all versions of its application, and what they have sent and received.
///
/// *Threads.* Safe for all threads.
final class Traffic {
    /// The codes with a metric of their own. Clients choose among thousands of others.
    private static final int[] CODES = IntStream.concat(
                    IntStream.rangeClosed(1000, 1003), IntStream.rangeClosed(1005, 1013))
            .toArray();

    private final AtomicInteger open = new AtomicInteger();
    private final Counter messagesIn;
    private final Counter messagesOut;
    private final Counter bytesIn;
    private final Counter bytesOut;
    private final Map<Integer, Counter> closes = new TreeMap<>();
    private final Counter otherCloses;

    Traffic(MeterRegistry registry, String application) {
        Gauge.builder("websocket.sockets", open, AtomicInteger::get)
                .description("Open WebSockets")
                .tag("application", application)
                .register(registry);
        messagesIn = messages(registry, application, "in");
        messagesOut = messages(registry, application, "out");
        bytesIn = bytes(registry, application, "in");
        bytesOut = bytes(registry, application, "out");
        for (int code : CODES) {
            closes.put(code, closes(registry, application, String.valueOf(code)));
        }
        otherCloses = closes(registry, application, "other");
    }

    private static Counter messages(MeterRegistry registry, String application, String direction) {
        return counter(registry, "messages", "Messages of WebSockets", application, "direction", direction);
    }

    private static Counter bytes(MeterRegistry registry, String application, String direction) {
        String description = "Bytes of the messages of WebSockets, before compression";
        return counter(registry, "bytes", description, application, "direction", direction);
    }

    private static Counter closes(MeterRegistry registry, String application, String code) {
        String description = "Closed WebSockets, by the code of the first close frame; 1006 without one";
        return counter(registry, "closes", description, application, "code", code);
    }

    private static Counter counter(
            MeterRegistry registry, String name, String description, String application, String key, String value) {
        return Counter.builder("websocket." + name)
                .description(description)
                .tag("application", application)
                .tag(key, value)
                .register(registry);
    }

    int open() {
        return open.get();
    }

    void opened() {
        open.incrementAndGet();
    }

    void closed(int code) {
        open.decrementAndGet();
        closes.getOrDefault(code, otherCloses).increment();
    }

    /// @param last whether the frame is the last of its message
    void received(int bytes, boolean last) {
        bytesIn.increment(bytes);
        if (last) {
            messagesIn.increment();
        }
    }

    /// @param last whether the frame is the last of its message
    void sent(int bytes, boolean last) {
        bytesOut.increment(bytes);
        if (last) {
            messagesOut.increment();
        }
    }
}
