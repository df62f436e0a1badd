package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Rows that are read to their end, stopped in the middle, and read slowly.
class StreamCardIT {
    private static final int MORE_THAN_ANYBODY_WAITS_FOR = 10_000_000;

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

        browser.awaitText("#stream .state", "All rows are here: 50,000 rows in ");
        browser.awaitText("#stream [data-figure=received]", "50,000");
        browser.awaitText("#stream [data-figure=made]", "50,000");
        browser.awaitText("#stream [data-figure=process]", "ended");
    }

    @Test
    void stoppingEndsErlangsProcess() {
        // The connection that streams come over stays for a while; so it is there before the processes are counted.
        stream(10);
        browser.awaitText("#stream [data-figure=process]", "ended");
        String before = processes();

        stream(MORE_THAN_ANYBODY_WAITS_FOR);
        browser.await("#stream [data-figure=received]", read -> number(read) > 1000);
        browser.click("#stream button.stop");

        browser.awaitText("#stream .state", "Stopped");
        browser.awaitText("#stream [data-figure=process]", "ended");
        assertThat(number(browser.text("#stream [data-figure=made]"))).isLessThan(MORE_THAN_ANYBODY_WAITS_FOR);
        Await.value("the processes there were", StreamCardIT::processes, before::equals);
    }

    @Test
    void aSlowReaderKeepsErlangWaiting() {
        browser.click("#stream input[name=slow]");
        stream(MORE_THAN_ANYBODY_WAITS_FOR);

        // What is on the way fills the sockets between the two; then Erlang's process waits, and makes no more.
        browser.await("#stream [data-figure=received]", read -> number(read) > 100);
        Await.value("a producer at rest", StreamCardIT::makesNoMore, "true"::equals);
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
        browser.await("#stream .state", state -> !state.startsWith("Nothing"));
    }

    private static String processes() {
        return sample.erlang().eval("erlang:system_info(process_count)");
    }

    /// Whether the process that makes rows has made none for a while, though far from its end.
    private static String makesNoMore() {
        return sample.erlang()
                .eval("Look = fun() -> [{_, Made, _}] = [R || {_, _, P} = R <- ets:tab2list(rows), "
                        + "is_process_alive(P)], Made end, Before = Look(), timer:sleep(300), Before =:= Look()");
    }

    private static long number(String shown) {
        return Long.parseLong(shown.replace(",", ""));
    }
}
