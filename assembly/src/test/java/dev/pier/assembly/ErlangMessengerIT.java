package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The messenger from Erlang's "Getting Started" with users in Erlang and users in browsers.
class ErlangMessengerIT {
    private static final String EVENT = "messenger";

    /// The node with the messenger's server.
    @RegisterExtension
    static final ErlangPeer server = ErlangPeer.start();

    /// Another node with one user, as in the tutorial.
    @RegisterExtension
    static final ErlangPeer shell = ErlangPeer.with().cookie(server.cookie()).start();

    @TempDir
    static Path home;

    private static RunningPier pier;

    @BeforeAll
    static void start() throws Exception {
        pier = RunningPier.withSample(home, server, "");
        Sample.teach(shell);
        startMessenger();
    }

    private static void startMessenger() {
        server.eval("whereis(messenger) =:= undefined andalso messenger:start_server()");
    }

    @AfterAll
    static void stop() {
        pier.close();
    }

    /// Each test has its own names, because the users of the previous test may not have logged off yet.
    private static String unique(String name) {
        return TestHost.uniqueName(name);
    }

    private static OpenPage loggedOn(String name) throws Exception {
        OpenPage page = OpenPage.of(pier);
        logOn(page, name);
        page.await(EVENT, "\"answer\"", "logged_on");
        page.forget();
        return page;
    }

    private static void logOn(OpenPage page, String name) {
        page.send("/messenger/logon", "{\"name\":\"" + name + "\"}");
    }

    private static void write(OpenPage page, String to, String text) {
        page.send("/messenger/message", "{\"to\":\"" + to + "\",\"text\":\"" + text + "\"}");
    }

    private static void logOnInTheShell(String name) {
        assertThat(shell.eval("messenger:logon('" + server.nodeName() + "', " + name + ")"))
                .isEqualTo("true");
    }

    private static void logOffInTheShell() {
        shell.eval("messenger:logoff()");
        awaitShellClientEnd();
    }

    private static void awaitShellClientEnd() {
        Await.value("the end of mess_client", () -> shell.eval("whereis(mess_client)"), "undefined"::equals);
    }

    private static void awaitNotFound(OpenPage page, String name) {
        Await.asserted(name + " to be logged off", () -> {
            page.forget();
            write(page, name, "are you there?");
            Await.until("an answer", () -> !page.events(EVENT).isEmpty());
            assertThat(page.events(EVENT)).anyMatch(data -> data.contains("receiver_not_found"));
        });
    }

    @Test
    void twoBrowsersWriteToEachOther() throws Exception {
        String alice = unique("alice");
        String bob = unique("bob");
        try (OpenPage first = loggedOn(alice);
                OpenPage second = loggedOn(bob)) {
            write(first, bob, "Grüße <b>");
            second.await(EVENT, "\"message\"", "\"from\":\"" + alice + "\"", "\"text\":\"Grüße <b>\"");
            first.await(EVENT, "\"answer\"", "\"sent\"");

            write(second, alice, "back");
            first.await(EVENT, "\"from\":\"" + bob + "\"", "\"text\":\"back\"");
            write(second, bob, "to myself");
            second.await(EVENT, "\"from\":\"" + bob + "\"", "\"text\":\"to myself\"");
        }
    }

    @Test
    void anErlangUserAndABrowserWriteToEachOther() throws Exception {
        String alice = unique("alice");
        String fred = unique("fred");
        try (OpenPage page = loggedOn(alice)) {
            logOnInTheShell(fred);
            shell.awaitLog("logged_on");
            write(page, fred, "hello");
            shell.awaitLog("Message from " + alice + ": \"hello\"");
            page.await(EVENT, "\"answer\"", "\"sent\"");

            assertThat(shell.eval("messenger:message(" + alice + ", \"hi there\")"))
                    .isEqualTo("ok");
            page.await(EVENT, "\"from\":\"" + fred + "\"", "\"text\":\"hi there\"");
            shell.awaitLog("sent");
            shell.eval("messenger:message(" + alice + ", {any, [term]})");
            page.await(EVENT, "\"text\":\"{any,[term]}\"");
        } finally {
            logOffInTheShell();
        }
    }

    @Test
    void aMessageToAnUnknownUserIsAnsweredReceiverNotFound() throws Exception {
        try (OpenPage page = loggedOn(unique("alice"))) {
            write(page, unique("nobody"), "hello");
            page.await(EVENT, "\"answer\"", "\"receiver_not_found\"");
        }
    }

    @Test
    void aMessageBeforeTheLogOnStopsTheClient() throws Exception {
        String alice = unique("alice");
        try (OpenPage page = OpenPage.of(pier)) {
            write(page, alice, "hello");
            page.await(EVENT, "\"stop\"", "\"you_are_not_logged_on\"");
            // The next request starts a new client.
            logOn(page, alice);
            page.await(EVENT, "\"answer\"", "\"logged_on\"");
        }
    }

    @Test
    void aNameThatIsInUseStopsTheClient() throws Exception {
        String alice = unique("alice");
        String fred = unique("fred");
        try (OpenPage first = loggedOn(alice);
                OpenPage second = OpenPage.of(pier)) {
            logOn(second, alice);
            second.await(EVENT, "\"stop\"", "\"user_exists_at_other_node\"");
            logOnInTheShell(alice);
            shell.awaitLog("user_exists_at_other_node");
            awaitShellClientEnd();

            logOnInTheShell(fred);
            shell.awaitLog("logged_on");
            second.forget();
            logOn(second, fred);
            second.await(EVENT, "\"stop\"", "\"user_exists_at_other_node\"");
            write(first, fred, "it is you");
            shell.awaitLog("it is you");
        } finally {
            logOffInTheShell();
        }
    }

    @Test
    void aUserCanLogOffAndLogOnAgain() throws Exception {
        String alice = unique("alice");
        try (OpenPage page = loggedOn(alice);
                OpenPage other = loggedOn(unique("bob"))) {
            page.send("/messenger/logoff", "{}");
            awaitNotFound(other, alice);
            logOn(page, alice);
            page.await(EVENT, "\"answer\"", "\"logged_on\"");
            assertThat(page.events(EVENT)).noneMatch(data -> data.contains("\"stop\""));
        }
    }

    @Test
    void closingThePageLogsTheUserOff() throws Exception {
        String alice = unique("alice");
        try (OpenPage other = loggedOn(unique("bob"))) {
            loggedOn(alice).close();
            awaitNotFound(other, alice);
            try (OpenPage again = loggedOn(alice)) {
                write(other, alice, "back again");
                again.await(EVENT, "\"text\":\"back again\"");
            }
        }
    }

    @Test
    void killingAnErlangClientLogsTheUserOff() throws Exception {
        String fred = unique("fred");
        try (OpenPage page = loggedOn(unique("alice"))) {
            logOnInTheShell(fred);
            shell.awaitLog("logged_on");
            shell.eval("exit(whereis(mess_client), kill)");
            awaitNotFound(page, fred);
            awaitShellClientEnd();
        }
    }

    @Test
    void killingAnErlangNodeLogsItsUserOff() throws Exception {
        String fred = unique("fred");
        try (OpenPage page = loggedOn(unique("alice"));
                ErlangPeer mortal = ErlangPeer.with().cookie(server.cookie()).start()) {
            Sample.teach(mortal);
            mortal.eval("messenger:logon('" + server.nodeName() + "', " + fred + ")");
            mortal.awaitLog("logged_on");
            mortal.kill();
            awaitNotFound(page, fred);
        }
    }

    @Test
    void theEndOfTheServerStopsItsClients() throws Exception {
        String alice = unique("alice");
        try (OpenPage page = loggedOn(alice)) {
            server.eval("R = monitor(process, messenger), exit(whereis(messenger), kill), "
                    + "receive {'DOWN', R, _, _, _} -> ok end");
            page.await(EVENT, "\"stop\"", "\"killed\"");
            page.forget();

            logOn(page, alice);
            page.await(EVENT, "\"stop\"", "\"noproc\"");
            page.forget();

            startMessenger();
            logOn(page, alice);
            page.await(EVENT, "\"answer\"", "\"logged_on\"");
        } finally {
            startMessenger();
        }
    }

    @Test
    void textFromBrowsersCreatesNoAtomsAndIsBounded() throws Exception {
        try (OpenPage page = loggedOn(unique("browser"))) {
            write(page, "nobody_that_browsers_know", "no_atom_either");
            page.await(EVENT, "receiver_not_found");
            for (String half : new String[] {"nobody_that", "no_atom"}) {
                assertThat(server.eval("catch binary_to_existing_atom(iolist_to_binary([\"" + half + "\", \""
                                + (half.equals("no_atom") ? "_either" : "_browsers_know") + "\"]))"))
                        .startsWith("{'EXIT',{badarg,");
            }
            assertThat(page.post("/messenger/logon", "{\"name\":\"" + "x".repeat(31) + "\"}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(page.post("/messenger/message", "{\"to\":\"x\",\"text\":\"" + "x".repeat(1001) + "\"}")
                            .statusCode())
                    .isEqualTo(400);
        }
    }
}
