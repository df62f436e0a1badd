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

/// A JUnit extension with an Erlang node that runs the sample's modules and its chat, a Pier with the sample, and the
/// browsers of a test:
///
/// ```java
/// @RegisterExtension
/// static final RunningSample sample = RunningSample.start();
/// ...
/// Browser alice = sample.browse();
/// Browser bob = sample.browse();
/// ```
///
/// Lifecycle: node and Pier end with the test class, browsers with the test method. Warnings and errors in a browser's
/// console fail the test unless it has taken them with [Browser#errors].
final class RunningSample implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private final PeerSetup setup;
    private final boolean chat;
    private final boolean plug;
    private final List<Browser> browsers = new ArrayList<>();
    private ErlangPeer erlang;
    private RunningPier pier;

    private RunningSample(PeerSetup setup, boolean chat, boolean plug) {
        this.setup = setup;
        this.chat = chat;
        this.plug = plug;
    }

    static RunningSample start() {
        return with(Sample.elixir());
    }

    /// @param setup a variation of [Sample#elixir]; the node starts and ends with the class
    static RunningSample with(PeerSetup setup) {
        return new RunningSample(setup, true, false);
    }

    /// A sample whose chat has a minimal Plug, until the node restarts.
    static RunningSample withPlug() {
        return new RunningSample(Sample.elixir(), true, true);
    }

    /// A sample without the chat, as on a machine without Elixir.
    static RunningSample withoutChat() {
        return new RunningSample(ErlangPeer.with(), false, false);
    }

    ErlangPeer erlang() {
        return erlang;
    }

    RunningPier pier() {
        return pier;
    }

    /// Opens a new browser with the page, and waits until all cards are mounted and the stream of events is open.
    Browser browse() {
        Browser browser = Browser.open(pier.at("/"));
        browsers.add(browser);
        return browser;
    }

    /// Closes a browser before the end of the test.
    void close(Browser browser) {
        assertThat(browser.errors()).as("errors in the browser's console").isEmpty();
        browsers.remove(browser);
        browser.close();
    }

    /// Restarts the Erlang node, which may have been killed, and what the cards need on it.
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
        if (plug) {
            Sample.addPlug(erlang);
        }
        Path home = Files.createTempDirectory("sample");
        pier = RunningPier.withSample(
                home,
                erlang,
                "webapps.drain-timeout = 1 s\n" + Sample.MOUNT + (chat ? Sample.chatAt(erlang) : "")
                        + (plug ? Sample.PLUG : ""));
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
            throw new AssertionError("errors in the browser's console: " + String.join("\n", errors));
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
