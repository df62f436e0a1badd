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
        for (String field : new String[] {"#chat-nick", "#chat form.join button.first", "#chat-text"}) {
            assertThat(browser.one(field).isEnabled()).as(field).isFalse();
        }
        assertThat(Axe.findings(browser, "#chat")).isEmpty();
        browser.pictures("chat", "chat-none");
        browser.click("#hello button.first");
        browser.awaitText("#hello [data-style=fast] .answer", "hello world !");
    }
}
