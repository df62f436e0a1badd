package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.Distribution;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/// The page as a whole, and properties that all cards share.
class PageIT {
    @RegisterExtension
    static final RunningSample sample = RunningSample.start();

    @Test
    void theHeaderShowsBothNodesAndTheirConnection() {
        Browser browser = sample.browse();

        browser.awaitText("#state .words", "connected");
        assertThat(browser.text("#state .java code")).isEqualTo(sample.pier().node());
        assertThat(browser.text("#state .erlang code"))
                .isEqualTo(sample.erlang().nodeName());
    }

    @Test
    void everyCardIsInTheNavigationAndShowsItsSource() throws Exception {
        Browser browser = sample.browse();
        List<String> cards = browser.all("section.card").stream()
                .map(card -> card.getDomAttribute("id"))
                .toList();

        assertThat(browser.all("nav a").stream().map(link -> link.getDomAttribute("href")))
                .containsExactlyElementsOf(cards.stream().map(id -> "#" + id).toList());
        for (String card : cards) {
            browser.click("#" + card + " .source summary");
            String[] files = browser.one("#" + card + " .source")
                    .getDomAttribute("data-source")
                    .strip()
                    .split("\\s+", -1);
            for (int i = 0; i < files.length; i++) {
                String figure = "#" + card + " .source figure:nth-of-type(" + (i + 1) + ")";
                List<String> lines = Files.readAllLines(Distribution.sources().resolve(files[i]));
                String last = lines.size() + lines.getLast();
                browser.await(
                        figure + " .line:last-child", shown -> shown.strip().equals(last));
                assertThat(browser.text(figure + " a")).isEqualTo(files[i]);
            }
        }
    }

    @Test
    void thePageLoadsResourcesFromItsOwnServerOnly() {
        Browser browser = sample.browse();

        Object loaded = browser.run("return performance.getEntriesByType('resource').map((entry) => entry.name)");

        assertThat((List<?>) loaded)
                .isNotEmpty()
                .allSatisfy(url -> assertThat(String.valueOf(url))
                        .startsWith(sample.pier().at("/").toString()));
    }

    @Test
    void tabReachesEveryControlInOrderAndTheFocusedControlIsVisible() {
        Browser browser = sample.browse();
        Object all = browser.run("""
                window.stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
                    .filter((e) => !e.disabled && e.checkVisibility() && !(e.type === 'radio' && !e.checked));
                window.seen = () => {
                    const at = document.activeElement;
                    const box = at.getBoundingClientRect();
                    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                    return top !== null && (at.contains(top) || top.contains(at));
                };
                return stops.length;
                """);

        for (long i = 0; i < (long) all; i++) {
            browser.press(Keys.TAB);
            assertThat(browser.run("return [stops.indexOf(document.activeElement), seen()]"))
                    .as("at stop %d", i)
                    .isEqualTo(List.of(i, true));
        }
    }

    @Test
    void thePageWorksWithTheKeyboardAndKeepsTheFocus() {
        Browser browser = sample.browse();
        browser.press(Keys.TAB, Keys.ENTER, Keys.TAB);
        assertThat(focus(browser)).as("the first control after the skip link").isEqualTo("Say hello");
        browser.press(Keys.ENTER);
        browser.awaitText("#hello [data-style=fast] .answer", "hello world !");

        browser.run("document.querySelector('#messenger-name').focus()");
        browser.press("keys", Keys.TAB, Keys.ENTER);
        browser.awaitText("#messenger .talk", "You are logged on.");
        assertThat(focus(browser)).isEqualTo("messenger-to");
        browser.press("keys", Keys.TAB, "to myself", Keys.ENTER);
        browser.awaitText("#messenger .talk", "keys to myself");
        browser.run("document.querySelector('#messenger .logoff').focus()");
        browser.press(Keys.SPACE);
        browser.awaitText("#messenger .talk", "You are logged off.");
        assertThat(focus(browser)).isEqualTo("messenger-name");

        browser.run("document.querySelector('#chat-nick').focus()");
        browser.press("keys", Keys.ENTER);
        browser.awaitText("#chat .talk", "You have joined.");
        assertThat(focus(browser)).isEqualTo("chat-text");
        browser.run("document.querySelector('#chat .leave').focus()");
        browser.press(Keys.SPACE);
        browser.awaitText("#chat .talk", "You have left.");
        assertThat(focus(browser)).isEqualTo("chat-nick");
    }

    /// The id or the text of the focused element.
    private static Object focus(Browser browser) {
        return browser.run("return document.activeElement.id || document.activeElement.textContent");
    }

    @Test
    void theChoiceOfLightOrDarkIsKept() {
        Browser browser = sample.browse();
        Object light = background(browser);

        browser.click("#theme");
        Object dark = background(browser);
        browser.reload();

        assertThat(dark).isNotEqualTo(light).isEqualTo(background(browser));
        browser.look(Browser.WIDE, true);
        browser.click("#theme");
        assertThat(background(browser)).isEqualTo(light);
    }

    private static Object background(Browser browser) {
        return browser.run("return getComputedStyle(document.body).backgroundColor");
    }

    @Test
    void thePageIsAccessibleAndFitsItsWidth() {
        Browser browser = sample.browse();
        use(browser);

        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {Browser.WIDE, Browser.NARROW}) {
                browser.look(width, dark);
                assertThat(Axe.findings(browser))
                        .as("%s, %d wide", dark ? "dark" : "light", width)
                        .isEmpty();
                assertThat(browser.run("return document.documentElement.scrollWidth"))
                        .as("the width of the page")
                        .isEqualTo((long) width);
            }
        }
        for (WebElement card : browser.all("section.card")) {
            browser.pictures(card.getDomAttribute("id"));
        }
        browser.pictures("page");
    }

    /// Uses each card, so that it has content.
    private static void use(Browser browser) {
        browser.click("#hello button.first");
        browser.click("#console button.first");
        browser.write("#echo-text", "Hello, Joe");
        browser.click("#echo button.first");
        browser.click("#callme button[value=call]");
        browser.click("#callme button[value=message]");
        browser.click("#callme button[value=counter]");
        browser.write("#messenger-name", "joe");
        browser.click("#messenger form.logon button.first");
        browser.write("#chat-nick", "joe");
        browser.click("#chat form.join button.first");
        browser.write("#guest-name", "Robert");
        browser.write("#guest-text", "Let it crash, and come back.");
        browser.click("#guestbook button.first");
        browser.click("#mounted button.first");
        browser.write("#stream-rows", "100000");
        browser.click("#stream button.first");
        browser.awaitText("#hello [data-style=fast] .answer", "hello world !");
        browser.awaitText("#console .result", "round trip");
        browser.awaitText("#echo .log", "Hello, Joe");
        browser.await("#callme .log", log -> log.lines().count() >= 3);
        browser.awaitText("#messenger .talk", "You are logged on.");
        browser.awaitText("#chat .talk", "You have joined.");
        browser.awaitText("#guestbook .entries", "Let it crash");
        browser.awaitText("#mounted .log", "Mike");
        browser.awaitText("#stream .state", "All rows received");
        browser.awaitText("#stream [data-figure=process]", "ended");
        browser.await("#node [data-plot=schedulers] .now", text -> text.endsWith("%"));
        browser.click("#hello .source summary");
        browser.await("#hello .source figure:last-of-type .line:last-child", text -> !text.isEmpty());
    }
}
