package dev.pier.server.api;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.DoubleSupplier;

/// The meters of an application: what it counts and times is at `/metrics` of the admin port, beside the
/// metrics of Pier, with the label `application`. An application gets its own by `@Resource(name = "meters")`
/// or `@Inject`, and in JNDI as `java:comp/env/meters`.
///
/// ```java
/// meters.counter("orders.placed", "kind", "express").increment();
/// ```
///
/// *Names.* A name, also that of a label, is words of letters, digits and underscores, each of which begins
/// with a letter, with dots between them, and up to 100 characters. Prometheus sees underscores instead of
/// the dots, and a suffix by the kind of the meter: `orders_placed_total`. The names of Pier's metrics are
/// refused (`hikaricp`, `http.server`, `jvm`, `pier`, `process`, `system`, `websocket` and all that begin
/// with one of them and a dot), and those that end with a suffix of Prometheus (`total`, `created`, `bucket`,
/// `info`). Labels cannot be called `application`, `le` or `quantile`.
///
/// *Labels.* Each name comes with its value: `"kind", "express", "country", "de"`; at most 10 labels. Each
/// combination of values is a meter of its own, for the life of the application, so a label has few values:
/// never an id or another text that clients choose. Values are cut after 200 characters.
///
/// *Limits.* An application has at most `metrics.max-per-application` meters, 1000 by default. Further ones
/// work, but are not published; the log says so. The same holds for a name that another application uses for
/// another kind of meter.
///
/// *Errors.* All methods throw [IllegalArgumentException] for a name or label that is not valid, and for a
/// name that this application uses for another kind of meter.
///
/// *Threads.* Safe for all threads, as the meters are. The same name and labels give the same meter, in any
/// order of the labels. In code that runs often, keep the meter in a field.
///
/// *Lifecycle.* All meters of an application end with it. If a new version replaces it, the meters that it
/// asks for before the old version ends go on counting.
///
/// The interfaces may gain methods in a minor version: implement them in tests only.
public interface Meters {
    /// A number that only grows; Prometheus adds `_total` to the name.
    ///
    /// @param tags the labels: names and values in turn
    Counter counter(String name, String... tags);

    /// How often something happens and how long it takes, with buckets from 1 ms to 10 s, from which
    /// quantiles follow; Prometheus adds `_seconds` to the name.
    ///
    /// @param tags the labels: names and values in turn
    Timer timer(String name, String... tags);

    /// How often something happens and how large it is, with the sum and the maximum of the last minutes.
    ///
    /// @param tags the labels: names and values in turn
    Distribution distribution(String name, String... tags);

    /// A number that goes up and down, such as the length of a queue. A second call with the same name and
    /// tags replaces the function.
    ///
    /// @param value called for each answer of `/metrics`, on a thread of the admin port with the context
    ///     class loader of this call. It must not block, since no metric is seen before it returns. If it
    ///     throws, the value is `NaN`, and the log says so. It is released when the application ends
    /// @param tags the labels: names and values in turn
    void gauge(String name, DoubleSupplier value, String... tags);

    /// Counts. Amounts that are not positive and finite are ignored.
    @FunctionalInterface
    interface Counter {
        /// Adds an amount.
        void increment(double amount);

        /// Adds 1.
        default void increment() {
            increment(1);
        }
    }

    /// Times. Negative durations are ignored.
    @FunctionalInterface
    interface Timer {
        /// Counts something that took a duration.
        void record(Duration duration);

        /// Runs something, and counts how long it took, also if it throws.
        default void run(Runnable work) {
            long begin = System.nanoTime();
            try {
                work.run();
            } finally {
                record(Duration.ofNanos(System.nanoTime() - begin));
            }
        }

        /// Calls something, and counts how long it took, also if it throws.
        ///
        /// @throws Exception what `work` throws
        default <V> V call(Callable<V> work) throws Exception {
            long begin = System.nanoTime();
            try {
                return work.call();
            } finally {
                record(Duration.ofNanos(System.nanoTime() - begin));
            }
        }
    }

    /// Counts amounts, such as bytes. Amounts that are negative or not finite are ignored.
    @FunctionalInterface
    interface Distribution {
        /// Counts something of an amount.
        void record(double amount);
    }
}
