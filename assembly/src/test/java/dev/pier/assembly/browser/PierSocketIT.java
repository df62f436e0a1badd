package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The module `pier-socket.js`, as Pier serves it, in a browser and with a real Erlang process behind it.
class PierSocketIT {
    @RegisterExtension
    static final RunningSample sample = RunningSample.start();

    /// Imports the module, and opens a socket of the messenger as `window.socket`.
    private static Browser withSocket() {
        Browser browser = sample.browse();
        browser.runAsync("""
                const done = arguments[arguments.length - 1];
                import('./pier-socket.js').then((module) => {
                  window.pier = module;
                  window.states = [];
                  window.messages = [];
                  window.socket = new module.PierSocket('messenger', { id: ([, what]) => what });
                  socket.on('message', (message) => messages.push(message));
                  socket.on('state', (state) => states.push(state));
                  done();
                });
                """);
        awaitState(browser, "open");
        return browser;
    }

    private static void awaitState(Browser browser, String state) {
        Await.value("the socket to be " + state, () -> browser.run("return socket.state"), state::equals);
    }

    private static Object states(Browser browser) {
        return browser.run("return states.map((s) => s.state)");
    }

    @Test
    void pausesDoubleUpToALimitAndAreHalfRandom() {
        Browser browser = withSocket();
        assertThat(browser.run("return [0, 1, 2, 5, 6, 7, 1000].map((n) => pier.pauseBefore(n, () => 1))"))
                .isEqualTo(List.of(250L, 500L, 1000L, 8000L, 15_000L, 15_000L, 15_000L));
        assertThat(browser.run("return [0, 6].map((n) => pier.pauseBefore(n, () => 0))"))
                .isEqualTo(List.of(125L, 7_500L));
    }

    @Test
    void someCloseCodesAreFinal() {
        Browser browser = withSocket();
        assertThat(browser.run("return [1000, 1003, 1007, 1008, 1009, 3000, 4000, 4999].map(pier.returnsAfter)"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsOnly(false);
        assertThat(browser.run("return [1001, 1005, 1006, 1011, 1012, 1013].map(pier.returnsAfter)"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsOnly(true);
    }

    @Test
    void aLostSocketComesBackWithTheIdOfTheLastMessage() {
        Browser browser = withSocket();
        assertThat(browser.run("return socket.send({ logon: 'module' })")).isEqualTo(true);
        Await.value("an answer", () -> browser.run("return socket.lastId"), "logged_on"::equals);
        assertThat(browser.run("return messages")).isEqualTo(List.of(List.of("messenger", "logged_on")));

        sample.erlang().eval("exit(whereis(messenger), kill)");
        Await.value("the close", () -> browser.run("return states.some((s) => s.code === 1011)"), Boolean.TRUE::equals);
        assertThat(browser.run("return socket.address().search")).isEqualTo("?lastEventId=logged_on");
        sample.erlang().eval("messenger:start_server()");

        Await.until(
                "an open socket with the new messenger",
                () -> Boolean.TRUE.equals(browser.run("return socket.send({ logon: 'module' })"))
                        && browser.run("return messages.length").equals(2L));
        assertThat(states(browser))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .startsWith("open", "waiting", "connecting");
    }

    @Test
    void aSocketThatThePageHasClosedStaysClosed() {
        Browser browser = withSocket();
        browser.run("socket.close()");
        assertThat(browser.run("return [socket.state, socket.send({})]")).isEqualTo(List.of("closed", false));
        assertThat(states(browser)).isEqualTo(List.of("open", "closed"));
    }

    @Test
    void aSocketThatErlangHasClosedForGoodStaysClosed() {
        Browser browser = withSocket();
        browser.run("socket.send({ nonsense: 1 })");
        awaitState(browser, "closed");
        assertThat(browser.run("const { code, reason } = states.at(-1); return { code, reason }"))
                .isEqualTo(Map.of("code", 1008L, "reason", "not a message to the messenger"));
    }
}
