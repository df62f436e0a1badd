package dev.pier.server.meters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.api.Meters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApplicationMetersTest {
    private static final int MAX = 5;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ApplicationMeters all = new ApplicationMeters(registry, new MeterSettings(MAX));
    private final AppMeters shop = create("/shop");

    private AppMeters create(String id) {
        return (AppMeters) all.create(id);
    }

    /// The lines of `/metrics` that begin with a text.
    private List<String> lines(String begin) {
        return registry.scrape().lines().filter(line -> line.startsWith(begin)).toList();
    }

    @Test
    void eachKindOfMeterIsShownWithTheLabelOfTheApplication() throws Exception {
        Meters.Counter counter = shop.counter("orders.placed", "kind", "express");
        counter.increment();
        counter.increment(2.5);
        shop.gauge("queue.length", () -> 7);
        shop.distribution("order.size").record(30);
        Meters.Timer timer = shop.timer("checkout");
        timer.record(Duration.ofMillis(3));
        assertThat(timer.call(() -> "a")).isEqualTo("a");
        assertThatThrownBy(() -> timer.call(() -> {
                    throw new IOException("thrown");
                }))
                .hasMessage("thrown");
        List<String> ran = new ArrayList<>();
        timer.run(() -> ran.add("b"));
        assertThat(ran).containsExactly("b");

        assertThat(lines("orders")).containsExactly("orders_placed_total{application=\"/shop\",kind=\"express\"} 3.5");
        assertThat(lines("queue")).containsExactly("queue_length{application=\"/shop\"} 7.0");
        assertThat(lines("order_size"))
                .containsExactly(
                        "order_size_count{application=\"/shop\"} 1",
                        "order_size_sum{application=\"/shop\"} 30.0",
                        "order_size_max{application=\"/shop\"} 30.0");
        assertThat(lines("checkout_seconds"))
                .contains(
                        "checkout_seconds_count{application=\"/shop\"} 4",
                        "checkout_seconds_bucket{application=\"/shop\",le=\"0.002\"} 3",
                        "checkout_seconds_bucket{application=\"/shop\",le=\"0.005\"} 4");
        assertThat(lines("pier_meters")).contains("pier_meters{application=\"/shop\"} 4.0");
    }

    @Test
    void amountsThatMakeNoSenseAreIgnored() {
        Meters.Counter counter = shop.counter("a");
        Meters.Distribution distribution = shop.distribution("b");
        for (double amount : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            counter.increment(amount);
            distribution.record(amount);
        }
        Meters.Timer timer = shop.timer("c");
        timer.record(Duration.ofSeconds(-1));

        assertThat(lines("a_total")).containsExactly("a_total{application=\"/shop\"} 0.0");
        assertThat(lines("b_")).contains("b_count{application=\"/shop\"} 0", "b_sum{application=\"/shop\"} 0.0");
        assertThat(lines("c_seconds_count")).containsExactly("c_seconds_count{application=\"/shop\"} 0");
        timer.record(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(lines("c_seconds_count")).containsExactly("c_seconds_count{application=\"/shop\"} 1");
    }

    @Test
    void theSameNameAndLabelsGiveTheSameMeter() {
        Meters.Counter counter = shop.counter("orders.placed", "a", "1", "b", "2");

        assertThat(shop.counter("orders.placed", "b", "2", "a", "1")).isSameAs(counter);
        assertThat(shop.counter("orders_placed", "a", "1", "b", "2")).isSameAs(counter);
        assertThat(shop.counter("orders.placed", "a", "1", "b", "3")).isNotSameAs(counter);
        assertThat(shop.counter("orders.placed")).isNotSameAs(counter);
        assertThat(shop.timer("checkout")).isSameAs(shop.timer("checkout.seconds"));
        assertThat(lines("orders")).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a.",
                ".a",
                "a..b",
                "1a",
                "a.1",
                "_a",
                "a._b",
                "a-b",
                "a b",
                "ä",
                "a{",
                "a\n",
                "orders.total",
                "orders_created",
                "orders.bucket",
                "build.info",
                "total",
                "pier",
                "pier.calls",
                "pier_calls",
                "http.server.requests",
                "http_server",
                "jvm.memory",
                "process.x",
                "system.cpu",
                "websocket.open",
                "hikaricp.connections"
            })
    void namesThatPrometheusOrPierReservesAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shop.counter(name))
                .withMessageContaining(name)
                .withMessageContaining("meter");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "aB.c2_d", "pierre", "http.client", "jvms", "processes", "x.count", "infos"})
    void otherNamesAreValid(String name) {
        shop.counter(name);
        assertThat(lines(name.replace('.', '_') + "_total{")).hasSize(1);
    }

    @Test
    void namesAndLabelsHaveALength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shop.counter("a".repeat(101)))
                .withMessageContaining("up to 100 characters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shop.counter("a", new String[22]))
                .withMessageContaining("11 labels: at most 10");
        shop.counter("a", "b", "ä".repeat(199) + "\uD83D\uDE00");
        assertThat(lines("a_total"))
                .containsExactly("a_total{application=\"/shop\",b=\"" + "ä".repeat(199) + "\"} 0.0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "application | x    | cannot have a label application",
                "le          | x    | cannot have a label le",
                "quantile    | x    | cannot have a label quantile",
                "__name__    | x    | the name of a label of the meter a is not valid: __name__",
                "1           | x    | is not valid: 1",
                "null        | x    | is not valid: null",
                "b           | null | the label b of the meter a has the value null"
            })
    void labelsThatAreNotValidAreRefused(String label, String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shop.counter("a", label, value))
                .withMessageContaining(message);
    }

    @Test
    void labelsComeInPairsAndOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shop.counter("a", "b"))
                .withMessage(
                        "the tags of the meter a are names and values in turn, but the last name has no value: [b]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shop.counter("a", "b.c", "1", "b_c", "2"))
                .withMessage("the meter a has two labels b_c");
    }

    @Test
    void anApplicationUsesANameForOneKindOnly() {
        shop.timer("a");
        shop.counter("b");

        for (String name : List.of("a.seconds", "a.seconds.count", "a_seconds_max")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> shop.gauge(name, () -> 1))
                    .withMessageContaining("is taken by the timer a_seconds of the application");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shop.gauge("b", () -> 1))
                .withMessage("the name b of a gauge is taken by the counter b of the application");
        shop.gauge("a.max", () -> 1);
        assertThat(lines("a_max")).hasSize(1);
    }

    @Test
    void aNameOfAnotherApplicationIsNotDisturbed() {
        AppMeters other = create("/other");
        shop.counter("jobs", "kind", "a").increment();
        other.counter("jobs", "size", "1").increment();
        AppMeters third = create("/third");
        third.timer("jobs").record(Duration.ofSeconds(1));
        third.gauge("jobs", () -> 5);
        third.distribution("jobs").record(1);

        assertThat(lines("jobs"))
                .contains(
                        "jobs_total{application=\"/shop\",kind=\"a\"} 1.0",
                        "jobs_total{application=\"/other\",size=\"1\"} 1.0",
                        "jobs_seconds_count{application=\"/third\"} 1")
                .noneMatch(line -> line.startsWith("jobs{") || line.startsWith("jobs_sum"));
        assertThat(lines("pier_meters_dropped"))
                .contains(
                        "pier_meters_dropped_total{application=\"/third\"} 2.0",
                        "pier_meters_dropped_total{application=\"/shop\"} 0.0");
        shop.close();
        other.close();
        third.gauge("jobs", () -> 5);
        assertThat(lines("jobs{")).containsExactly("jobs{application=\"/third\"} 5.0");
    }

    @Test
    void metersBeyondTheLimitWorkButAreNotPublished() throws Exception {
        for (int i = 0; i < MAX; i++) {
            shop.counter("a", "i", String.valueOf(i)).increment();
        }
        shop.counter("a", "i", "more").increment();
        assertThat(shop.timer("b").call(() -> "called")).isEqualTo("called");
        shop.distribution("c").record(1);
        shop.gauge("d", () -> 1);
        shop.counter("a", "i", "0").increment();

        assertThat(lines("a_total")).hasSize(MAX).contains("a_total{application=\"/shop\",i=\"0\"} 2.0");
        assertThat(lines("b")).isEmpty();
        assertThat(lines("c")).isEmpty();
        assertThat(lines("d")).isEmpty();
        assertThat(lines("pier_meters"))
                .containsExactlyInAnyOrder(
                        "pier_meters{application=\"/shop\"} 5.0",
                        "pier_meters_dropped_total{application=\"/shop\"} 4.0");
        // Another application, and another version of this one, have limits of their own.
        create("/other").counter("a", "i", "more");
        create("/shop").counter("a", "i", "more");
        assertThat(lines("a_total")).hasSize(MAX + 2);
    }

    @Test
    void aVersionThatReplacesAnotherGoesOnCounting() {
        shop.counter("both").increment();
        shop.counter("old").increment();
        shop.gauge("depth", () -> 1);
        AppMeters next = create("/shop");
        next.counter("both").increment();
        next.gauge("depth", () -> 2);
        assertThat(lines("depth")).containsExactly("depth{application=\"/shop\"} 2.0");
        shop.counter("both").increment();
        shop.close();
        shop.close();

        assertThat(lines("both")).containsExactly("both_total{application=\"/shop\"} 3.0");
        assertThat(lines("depth")).containsExactly("depth{application=\"/shop\"} 2.0");
        assertThat(lines("old")).isEmpty();
        shop.counter("late").increment();
        shop.gauge("depth", () -> 3);
        assertThat(lines("late")).isEmpty();
        assertThat(lines("depth")).containsExactly("depth{application=\"/shop\"} 2.0");

        next.close();
        assertThat(registry.getMeters()).isEmpty();
        assertThat(registry.scrape()).isEmpty();
    }

    @Test
    void aVersionThatDoesNotStartGivesTheGaugeBack() {
        shop.gauge("depth", () -> 1);
        AppMeters failed = create("/shop");
        failed.gauge("depth", () -> 2);
        failed.close();

        assertThat(lines("depth")).containsExactly("depth{application=\"/shop\"} 1.0");
    }

    @Test
    void aNewVersionMayHaveAnotherKindOfMeterOfTheSameName() {
        shop.counter("size", "a", "1").increment();
        shop.counter("size", "a", "2").increment();
        AppMeters next = create("/shop");
        next.gauge("size", () -> 4);

        assertThat(lines("size")).containsExactly("size{application=\"/shop\"} 4.0");
        shop.counter("size", "a", "1").increment();
        shop.close();
        assertThat(lines("size")).containsExactly("size{application=\"/shop\"} 4.0");
        assertThat(lines("pier_meters{")).containsExactly("pier_meters{application=\"/shop\"} 1.0");
    }

    @Test
    void aSecondFunctionReplacesTheFirstAndOneThatThrowsHasNoValue() {
        shop.gauge("depth", () -> 1);
        shop.gauge("depth", () -> {
            throw new IllegalStateException("no value");
        });
        assertThat(lines("depth")).containsExactly("depth{application=\"/shop\"} NaN");
        shop.gauge("depth", () -> 3);
        assertThat(lines("depth")).containsExactly("depth{application=\"/shop\"} 3.0");
    }

    @Test
    void aFunctionRunsWithTheClassLoaderOfItsCaller() {
        ClassLoader own = new ClassLoader() {};
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(own);
        shop.gauge("own", () -> own.equals(thread.getContextClassLoader()) ? 1 : 0);
        thread.setContextClassLoader(before);

        assertThat(lines("own")).containsExactly("own{application=\"/shop\"} 1.0");
        assertThat(thread.getContextClassLoader()).isSameAs(before);
    }

    @Test
    void threadsShareAMeter() throws Exception {
        int threads = 8;
        int times = 1000;
        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> running = IntStream.range(0, threads)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                    try {
                        begin.await();
                    } catch (InterruptedException _) {
                        return;
                    }
                    for (int i = 0; i < times; i++) {
                        shop.counter("shared", "i", String.valueOf(i % MAX)).increment();
                    }
                }))
                .toList();
        begin.countDown();
        for (Thread thread : running) {
            thread.join();
        }

        assertThat(lines("shared"))
                .hasSize(MAX)
                .allSatisfy(line -> assertThat(line).endsWith(" " + (double) threads * times / MAX));
    }
}
