package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The card Chat where there is no Elixir.
class NoChatIT {
    @RegisterExtension
    static final RunningSample sample = RunningSample.withoutChat();

    @Test
    void theCardSaysThatThereIsNoElixirAndTheOthersWork() {
        Browser browser = sample.browse();

        browser.awaitText("#chat .absent", "No Elixir runs here.");
        for (String useless : new String[] {"#chat form.join", "#chat .talk", "#chat form.say"}) {
            assertThat(browser.one(useless).isDisplayed()).as(useless).isFalse();
        }
        assertThat(Axe.findings(browser, "#chat")).isEmpty();
        browser.pictures("chat", "chat-none");
        browser.click("#hello button.first");
        browser.awaitText("#hello [data-style=fast] .answer", "hello world !");
    }
}
