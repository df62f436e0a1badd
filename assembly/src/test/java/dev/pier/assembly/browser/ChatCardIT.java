package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.WebElement;

/// The card Chat in up to three browsers.
class ChatCardIT {
    @RegisterExtension
    static final RunningSample sample = RunningSample.start();

    @Test
    void messagesReachAllUsersAndPrivateMessagesOne() {
        Browser joe = joined("joe");
        Browser mike = joined("mike");
        Browser robert = joined("robert");
        joe.awaitText("#chat .talk", "mike has joined");
        joe.await("#chat .present", present -> present.lines().toList().equals(List.of("joe (you)", "mike", "robert")));
        assertThat(joe.text("#chat .own")).contains("_chat");

        say(joe, "", "Hello, <i>all</i>");
        for (Browser browser : new Browser[] {mike, robert}) {
            browser.awaitText("#chat .talk", "joe Hello, <i>all</i>");
        }
        say(mike, "joe", "Hello, you alone");
        joe.awaitText("#chat .talk", "mike to you only Hello, you alone");
        assertThat(mike.text("#chat .talk p:last-child")).contains("mike to joe only Hello, you alone");
        say(mike, "", "That was all");
        robert.awaitText("#chat .talk", "mike That was all");
        assertThat(robert.text("#chat .talk")).doesNotContain("you alone", "you only");

        assertThat(Axe.findings(joe, "#chat")).isEmpty();
        joe.pictures("chat", "chat-three");
    }

    @Test
    void closingThePageLeavesTheChat() {
        Browser stays = joined("stays");
        Browser goes = joined("goes");
        stays.awaitText("#chat .present", "goes");

        sample.close(goes);

        stays.awaitText("#chat .talk", "goes has left");
        stays.await("#chat .present", present -> !present.contains("goes"));
    }

    @Test
    void aNickInUseIsRejectedAndAUserCanLeaveAndJoinAgain() {
        Browser first = joined("first");
        Browser second = sample.browse();

        join(second, "first");
        second.awaitText("#chat form.join .problem", "This nick is in use.");
        join(second, "second");
        second.awaitText("#chat .talk", "You have joined.");
        second.click("#chat .leave");
        first.awaitText("#chat .talk", "second has left");
        assertThat(second.all("#chat form.say :disabled"))
                .extracting(WebElement::getTagName)
                .contains("button");
        join(second, "again");
        first.awaitText("#chat .talk", "again has joined");
    }

    @Test
    void theEndOfTheChatIsShown() {
        Browser browser = joined("lonely");

        sample.erlang().eval("application:stop(chat)");
        try {
            browser.awaitText("#chat .talk", "The chat has ended, or cannot be reached. 1001");
        } finally {
            Sample.startChat(sample.erlang());
        }
        // The socket joins again by itself.
        browser.await("#chat .talk p:last-child", line -> line.contains("You have joined."));
    }

    private static Browser joined(String nick) {
        Browser browser = sample.browse();
        join(browser, nick);
        browser.awaitText("#chat .talk", "You have joined.");
        return browser;
    }

    private static void join(Browser browser, String nick) {
        browser.write("#chat-nick", nick);
        browser.click("#chat form.join button.first");
    }

    private static void say(Browser browser, String to, String text) {
        browser.choose("#chat-to", to);
        browser.write("#chat-text", text);
        browser.click("#chat form.say button");
        browser.await(
                "#chat-text",
                _ -> browser.one("#chat-text").getDomProperty("value").isEmpty());
    }
}
