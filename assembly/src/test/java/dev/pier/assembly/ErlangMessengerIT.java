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

    private static OpenSocket loggedOn(String name) throws Exception {
        OpenSocket page = OpenSocket.of(pier, "/messenger");
        logOn(page, name);
        page.await("[\"messenger\",\"logged_on\"]");
        page.forget();
        return page;
    }

    private static void logOn(OpenSocket page, String name) {
        page.send("{\"logon\":\"" + name + "\"}");
    }

    private static void write(OpenSocket page, String to, String text) {
        page.send("{\"to\":\"" + to + "\",\"text\":\"" + text + "\"}");
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

    private static void awaitNotFound(OpenSocket page, String name) {
        Await.asserted(name + " to be logged off", () -> {
            page.forget();
            write(page, name, "are you there?");
            Await.until("an answer", () -> !page.frames().isEmpty());
            assertThat(page.frames()).anyMatch(data -> data.contains("receiver_not_found"));
        });
    }

    @Test
    void twoBrowsersWriteToEachOther() throws Exception {
        String alice = unique("alice");
        String bob = unique("bob");
        try (OpenSocket first = loggedOn(alice);
                OpenSocket second = loggedOn(bob)) {
            write(first, bob, "Grüße <b>");
            second.await("[\"message_from\",\"" + alice + "\",\"Grüße <b>\"]");
            first.await("[\"messenger\",\"sent\"]");

            write(second, alice, "back");
            first.await("[\"message_from\",\"" + bob + "\",\"back\"]");
            write(second, bob, "to myself");
            second.await("[\"message_from\",\"" + bob + "\",\"to myself\"]");
        }
    }

    @Test
    void anErlangUserAndABrowserWriteToEachOther() throws Exception {
        String alice = unique("alice");
        String fred = unique("fred");
        try (OpenSocket page = loggedOn(alice)) {
            logOnInTheShell(fred);
            shell.awaitLog("logged_on");
            write(page, fred, "hello");
            shell.awaitLog("Message from " + alice + ": \"hello\"");
            page.await("[\"messenger\",\"sent\"]");

            assertThat(shell.eval("messenger:message(" + alice + ", \"hi there\")"))
                    .isEqualTo("ok");
            page.await("[\"message_from\",\"" + fred + "\",\"hi there\"]");
            shell.awaitLog("sent");
            shell.eval("messenger:message(" + alice + ", {any, [term]})");
            page.await("[\"message_from\",\"" + fred + "\",[\"any\",[\"term\"]]]");
        } finally {
            logOffInTheShell();
        }
    }

    @Test
    void aMessageToAnUnknownUserIsAnsweredReceiverNotFound() throws Exception {
        try (OpenSocket page = loggedOn(unique("alice"))) {
            write(page, unique("nobody"), "hello");
            page.await("receiver_not_found");
        }
    }

    @Test
    void aMessageBeforeTheLogOnStopsTheClient() throws Exception {
        String alice = unique("alice");
        try (OpenSocket page = OpenSocket.of(pier, "/messenger")) {
            write(page, alice, "hello");
            page.await("[\"messenger\",\"stop\",\"you_are_not_logged_on\"]");
            // The next request starts a new client.
            logOn(page, alice);
            page.await("[\"messenger\",\"logged_on\"]");
        }
    }

    @Test
    void aNameThatIsInUseStopsTheClient() throws Exception {
        String alice = unique("alice");
        String fred = unique("fred");
        try (OpenSocket first = loggedOn(alice);
                OpenSocket second = OpenSocket.of(pier, "/messenger")) {
            logOn(second, alice);
            second.await("[\"messenger\",\"stop\",\"user_exists_at_other_node\"]");
            logOnInTheShell(alice);
            shell.awaitLog("user_exists_at_other_node");
            awaitShellClientEnd();

            logOnInTheShell(fred);
            shell.awaitLog("logged_on");
            second.forget();
            logOn(second, fred);
            second.await("[\"messenger\",\"stop\",\"user_exists_at_other_node\"]");
            write(first, fred, "it is you");
            shell.awaitLog("it is you");
        } finally {
            logOffInTheShell();
        }
    }

    @Test
    void aUserCanLogOffAndLogOnAgain() throws Exception {
        String alice = unique("alice");
        try (OpenSocket page = loggedOn(alice);
                OpenSocket other = loggedOn(unique("bob"))) {
            page.send("{\"logoff\":true}");
            awaitNotFound(other, alice);
            logOn(page, alice);
            page.await("[\"messenger\",\"logged_on\"]");
            assertThat(page.frames()).noneMatch(data -> data.contains("\"stop\""));
        }
    }

    @Test
    void closingThePageLogsTheUserOff() throws Exception {
        String alice = unique("alice");
        try (OpenSocket other = loggedOn(unique("bob"))) {
            loggedOn(alice).close();
            awaitNotFound(other, alice);
            try (OpenSocket again = loggedOn(alice)) {
                write(other, alice, "back again");
                again.await("\"back again\"");
            }
        }
    }

    @Test
    void killingAnErlangClientLogsTheUserOff() throws Exception {
        String fred = unique("fred");
        try (OpenSocket page = loggedOn(unique("alice"))) {
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
        try (OpenSocket page = loggedOn(unique("alice"));
                ErlangPeer mortal = ErlangPeer.with().cookie(server.cookie()).start()) {
            Sample.teach(mortal);
            mortal.eval("messenger:logon('" + server.nodeName() + "', " + fred + ")");
            mortal.awaitLog("logged_on");
            mortal.kill();
            awaitNotFound(page, fred);
        }
    }

    @Test
    void theEndOfTheServerClosesTheSockets() throws Exception {
        String alice = unique("alice");
        try (OpenSocket page = loggedOn(alice)) {
            server.eval("R = monitor(process, messenger), exit(whereis(messenger), kill), "
                    + "receive {'DOWN', R, _, _, _} -> ok end");
            page.awaitClosed(1011);
            OpenSocket.of(pier, "/messenger").awaitClosed(1011);
        } finally {
            startMessenger();
        }
        loggedOn(alice).close();
    }

    @Test
    void textFromBrowsersCreatesNoAtomsAndIsBounded() throws Exception {
        try (OpenSocket page = loggedOn(unique("browser"))) {
            write(page, "nobody_that_browsers_know", "no_atom_either");
            page.await("receiver_not_found");
            for (String half : new String[] {"nobody_that", "no_atom"}) {
                assertThat(server.eval("catch binary_to_existing_atom(iolist_to_binary([\"" + half + "\", \""
                                + (half.equals("no_atom") ? "_either" : "_browsers_know") + "\"]))"))
                        .startsWith("{'EXIT',{badarg,");
            }
        }
        for (String frame : new String[] {
            "{\"logon\":\"" + "x".repeat(121) + "\"}", "{\"to\":\"x\",\"text\":\"" + "x".repeat(4001) + "\"}", "[]"
        }) {
            try (OpenSocket page = loggedOn(unique("browser"))) {
                page.send(frame);
                page.awaitClosed(1008, "not a message to the messenger");
            }
        }
    }
}
