package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.RunningPier;
import dev.pier.assembly.Sample;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.PeerSetup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// An Erlang node with the sample's modules and its chat, a Pier with the sample, and the browsers of a test:
///
/// ```java
/// @RegisterExtension
/// static final RunningSample sample = RunningSample.start();
/// ...
/// Browser alice = sample.browse();
/// Browser bob = sample.browse();
/// ```
///
/// Node and Pier live as long as the test class, browsers as long as the test method. What a browser's console says
/// against the page fails the test, unless the test has taken it with [Browser#errors].
final class RunningSample implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private final PeerSetup setup;
    private final boolean chat;
    private final List<Browser> browsers = new ArrayList<>();
    private ErlangPeer erlang;
    private RunningPier pier;

    private RunningSample(PeerSetup setup, boolean chat) {
        this.setup = setup;
        this.chat = chat;
    }

    static RunningSample start() {
        return with(Sample.elixir());
    }

    /// @param setup for a node of [Sample#elixir] that wants more than the defaults; started and ended with the class
    static RunningSample with(PeerSetup setup) {
        return new RunningSample(setup, true);
    }

    /// As on a machine without Elixir.
    static RunningSample withoutChat() {
        return new RunningSample(ErlangPeer.with(), false);
    }

    ErlangPeer erlang() {
        return erlang;
    }

    RunningPier pier() {
        return pier;
    }

    /// A new browser, with the page open, all cards mounted, and its stream of events there.
    Browser browse() {
        Browser browser = Browser.open(pier.at("/"));
        browsers.add(browser);
        return browser;
    }

    /// Closes one before the test has ended.
    void close(Browser browser) {
        assertThat(browser.errors()).as("errors in the browser's console").isEmpty();
        browsers.remove(browser);
        browser.close();
    }

    /// Starts the Erlang node again, wherever it has gone, and what the cards need there.
    void restartErlang() {
        erlang.restart();
        startSample();
    }

    private void startSample() {
        Sample.start(erlang);
        if (chat) {
            Sample.startChat(erlang);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        erlang = setup.start();
        Path home = Files.createTempDirectory("sample");
        pier = RunningPier.withSample(
                home, erlang, "http.shutdown-timeout = 1 s\n" + (chat ? Sample.chatAt(erlang) : ""));
        startSample();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<String> errors = new ArrayList<>();
        for (Browser browser : browsers) {
            if (context.getExecutionException().isPresent()) {
                browser.picture("failed-" + context.getRequiredTestMethod().getName());
            } else {
                errors.addAll(browser.errors());
            }
            browser.close();
        }
        browsers.clear();
        if (!errors.isEmpty()) {
            throw new AssertionError("the browser's console has errors: " + String.join("\n", errors));
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (pier != null) {
            pier.close();
        }
        if (erlang != null) {
            erlang.close();
        }
    }
}
