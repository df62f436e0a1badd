package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The card Chat without a peer for the chat.
class NoChatIT {
    @RegisterExtension
    static final RunningSample sample = RunningSample.withoutChat();

    @Test
    void theCardShowsThatTheChatIsNotRunningAndOtherCardsWork() {
        Browser browser = sample.browse();

        browser.awaitText("#chat .absent", "The chat is not running.");
        for (String hidden : new String[] {"#mounted .plug", "#chat form.join", "#chat .talk", "#chat form.say"}) {
            assertThat(browser.one(hidden).isDisplayed()).as(hidden).isFalse();
        }
        assertThat(Axe.findings(browser, "#chat")).isEmpty();
        browser.pictures("chat", "chat-none");
        browser.click("#hello button.first");
        browser.awaitText("#hello [data-style=fast] .answer", "hello world !");
    }
}
