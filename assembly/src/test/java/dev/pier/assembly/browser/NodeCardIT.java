package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.Sample;
import dev.pier.erlang.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The card Node: figures, and a node that is killed from the page and restarted.
class NodeCardIT {
    @RegisterExtension
    static final RunningSample sample = RunningSample.with(Sample.elixir().environment("PIER_SAMPLE_MORTAL", "true"));

    @Test
    void theFiguresComeFromTheNode() {
        Browser browser = sample.browse();

        browser.awaitText(
                "#node [data-figure=pid]", Long.toString(sample.erlang().pid()));
        browser.await("#node [data-plot=processes] .now", count -> count.matches("[0-9]+"));
        browser.await("#node [data-plot=messages] .now", rates -> rates.matches("in [0-9.,]+/s, out [0-9.,]+/s"));
        browser.await("#node [data-figure=p99]", time -> time.matches("[0-9.]+ (µs|ms|s)"));
        browser.click("#hello button.first");
        browser.await("#node [data-plot=calls] .now", rate -> rate.endsWith("/s"));
    }

    @Test
    void aKilledNodeRestartsWithItsGuestBook() {
        Browser browser = sample.browse();
        browser.write("#guest-name", "Mike");
        browser.write("#guest-text", "I was here before.");
        browser.click("#guestbook button.first");
        browser.awaitText("#guestbook .entries", "I was here before.");
        browser.write("#messenger-name", "mike");
        browser.click("#messenger form.logon button.first");
        browser.awaitText("#messenger .talk", "You are logged on.");
        Await.until(
                "a node that permits it",
                () -> browser.one("#node button.danger").isEnabled());

        browser.click("#node button.danger");

        browser.awaitText("#state .words", "lost");
        browser.awaitText("#node [data-figure=state]", "lost");
        Await.until("the node's end", () -> !sample.erlang().isRunning());
        browser.click("#hello button.first");
        browser.awaitText("#hello .problem", "Unavailable");
        browser.awaitText("#messenger .talk", "The connection to the messenger is lost. 1011");
        browser.pictures("node");
        assertThat(browser.errors()).isNotEmpty().allMatch(error -> error.contains("503"));

        sample.restartErlang();
        browser.awaitText("#state .words", "connected");
        browser.awaitText(
                "#node [data-figure=pid]", Long.toString(sample.erlang().pid()));
        browser.click("#hello button.first");
        browser.awaitText("#hello [data-style=fast] .answer", "hello world !");
        browser.reload();
        browser.awaitText("#guestbook .entries", "I was here before.");
        browser.errors(); // Discards the errors of requests during the restart.
    }
}
