package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The card Messenger in two browsers.
class MessengerCardIT {
    @RegisterExtension
    static final RunningSample sample = RunningSample.start();

    @Test
    void twoBrowsersWriteToEachOther() {
        Browser joe = loggedOn("joe");
        Browser mike = loggedOn("mike");

        write(joe, "mike", "Hello, Mike");
        mike.awaitText("#messenger .talk", "joe Hello, Mike");
        joe.awaitText("#messenger .talk p:last-child", "to mike Hello, Mike sent");
        // The receiver's form is prepared for a reply.
        assertThat(mike.one("#messenger-to").getDomProperty("value")).isEqualTo("joe");
        mike.write("#messenger-text", "Hello, <b>Joe</b>");
        mike.click("#messenger form.write button");
        joe.awaitText("#messenger .talk", "mike Hello, <b>Joe</b>");
        write(joe, "robert", "Are you there?");
        joe.awaitText("#messenger .talk", "to robert Are you there? receiver_not_found");

        assertThat(Axe.findings(joe, "#messenger")).isEmpty();
        joe.pictures("messenger", "messenger-two");
    }

    @Test
    void closingThePageLogsTheUserOff() {
        Browser gone = loggedOn("gone");
        Browser other = sample.browse();
        logOn(other, "gone");
        other.awaitText("#messenger .talk", "A user with this name is already logged on. user_exists_at_other_node");

        sample.close(gone);

        Await.until("the name to be free", () -> {
            logOn(other, "gone");
            return other.await("#messenger .talk p:last-child", line -> line.contains("logged on"))
                    .contains("You are logged on.");
        });
    }

    @Test
    void aBlankMessageIsNotSentAndDoesNotTakeTheNextAnswer() {
        Browser browser = loggedOn("myself");

        write(browser, "myself", "  ");
        browser.awaitText("#messenger form.write .problem", "text is missing");
        write(browser, "myself", "to me");

        browser.awaitText("#messenger .talk", "to myself to me sent");
        assertThat(browser.text("#messenger .talk"))
                .containsOnlyOnce("to me sent")
                .doesNotContain("not sent");
    }

    @Test
    void aUserIsLoggedOnAgainWhenTheMessengerIsBack() {
        Browser browser = loggedOn("returns");

        sample.erlang().eval("exit(whereis(messenger), kill)");
        browser.awaitText("#messenger .talk", "The connection to the messenger is lost. 1011");
        sample.erlang().eval("messenger:start_server()");

        browser.await("#messenger .talk p:last-child", line -> line.contains("You are logged on."));
        write(browser, "returns", "to myself");
        browser.awaitText("#messenger .talk", "returns to myself");
    }

    @Test
    void aMessageBeforeTheLogOnIsAnsweredWithLogOnFirst() {
        Browser browser = sample.browse();

        write(browser, "anybody", "Hello");

        browser.awaitText("#messenger .talk", "Log on first. you_are_not_logged_on");
        logOn(browser, "late");
        browser.awaitText("#messenger .talk", "You are logged on.");
        browser.click("#messenger .logoff");
        browser.awaitText("#messenger .talk", "You are logged off.");
        assertThat(browser.one("#messenger button.first").isDisplayed()).isTrue();
    }

    private static Browser loggedOn(String name) {
        Browser browser = sample.browse();
        logOn(browser, name);
        browser.awaitText("#messenger .talk", "You are logged on.");
        return browser;
    }

    private static void logOn(Browser browser, String name) {
        int lines = browser.all("#messenger .talk p").size();
        browser.write("#messenger-name", name);
        browser.click("#messenger form.logon button.first");
        Await.until("the answer", () -> browser.all("#messenger .talk p").size() > lines);
    }

    private static void write(Browser browser, String to, String text) {
        browser.write("#messenger-to", to);
        browser.write("#messenger-text", text);
        browser.click("#messenger form.write button");
    }
}
