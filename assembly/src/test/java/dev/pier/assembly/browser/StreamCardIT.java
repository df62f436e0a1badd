package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The card Stream: rows read to the end, stopped early, and read slowly.
class StreamCardIT {
    /// More rows than can be read within the timeout of a test.
    private static final int ENDLESS = 10_000_000;

    @RegisterExtension
    static final RunningSample sample = RunningSample.start();

    private Browser browser;

    @BeforeEach
    void browse() {
        browser = sample.browse();
    }

    @Test
    void allRowsArrive() {
        stream(50_000);

        browser.awaitText("#stream .state", "All rows received: 50,000 rows in ");
        browser.awaitText("#stream [data-figure=received]", "50,000");
        browser.awaitText("#stream [data-figure=made]", "50,000");
        browser.awaitText("#stream [data-figure=process]", "ended");
    }

    @Test
    void stoppingEndsTheProducer() {
        // The first stream opens the lane, which stays open for a while, before the processes are counted.
        stream(10);
        browser.awaitText("#stream [data-figure=process]", "ended");
        String before = processes();

        stream(ENDLESS);
        browser.await("#stream [data-figure=received]", read -> number(read) > 1000);
        browser.click("#stream button.stop");

        browser.awaitText("#stream .state", "Stopped");
        browser.awaitText("#stream [data-figure=process]", "ended");
        assertThat(number(browser.text("#stream [data-figure=made]"))).isLessThan(ENDLESS);
        Await.value("the number of processes as before", StreamCardIT::processes, before::equals);
    }

    @Test
    void aSlowReaderMakesTheProducerWait() {
        browser.click("#stream input[name=slow]");
        stream(ENDLESS);

        // The producer waits as soon as the sockets in between are full.
        browser.await("#stream [data-figure=received]", read -> number(read) > 100);
        Await.value("a waiting producer", StreamCardIT::producerPauses, "true"::equals);
        browser.awaitText("#stream [data-figure=process]", "waiting");
        assertThat(number(browser.text("#stream [data-figure=ahead]"))).isPositive();
        browser.pictures("stream");

        browser.click("#stream button.stop");
        browser.awaitText("#stream .state", "Stopped");
        browser.awaitText("#stream [data-figure=process]", "ended");
    }

    private void stream(int rows) {
        browser.write("#stream-rows", Integer.toString(rows));
        browser.click("#stream button.first");
        browser.await("#stream .state", state -> !state.startsWith("No stream"));
    }

    private static String processes() {
        return sample.erlang().eval("erlang:system_info(process_count)");
    }

    /// Whether the producer, far from its end, produces no rows for 300 ms.
    private static String producerPauses() {
        return sample.erlang()
                .eval("Look = fun() -> [{_, Made, _}] = [R || {_, _, P} = R <- ets:tab2list(rows), "
                        + "is_process_alive(P)], Made end, Before = Look(), timer:sleep(300), Before =:= Look()");
    }

    private static long number(String shown) {
        return Long.parseLong(shown.replace(",", ""));
    }
}
