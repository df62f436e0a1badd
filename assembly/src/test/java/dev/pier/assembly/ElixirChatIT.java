package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The Elixir chat with users in Elixir and users in browsers; Pier gives each user in a browser its own node.
class ElixirChatIT {
    private static final Pattern JOINED = Pattern.compile("\\[\"joined\",\"[^\"]+\",\"([^\"@]+)@.*");

    /// The node with the chat's server and the sample's Erlang modules.
    @RegisterExtension
    static final ErlangPeer server = Sample.elixir().start();

    /// The node of a user in Elixir.
    @RegisterExtension
    static final ErlangPeer joe = Sample.elixir().cookie(server.cookie()).start();

    @TempDir
    static Path home;

    private static RunningPier pier;

    @BeforeAll
    static void start() throws Exception {
        Sample.startChat(server);
        joe.eval("{ok, _} = application:ensure_all_started(elixir)");
        pier = RunningPier.withSample(home, server, Sample.chatAt(server));
    }

    @AfterAll
    static void stop() {
        pier.close();
    }

    /// Each test has its own names, because the users of the previous test may not have left yet.
    private static String unique(String nick) {
        return TestHost.uniqueName(nick);
    }

    /// A user on an open page.
    ///
    /// @param node the short name of the user's node
    private record User(OpenSocket socket, String nick, String node) implements AutoCloseable {
        static User join(String nick) {
            return join(pier, nick);
        }

        static User join(RunningPier at, String nick) {
            OpenSocket socket = OpenSocket.of(at, "/chat/" + nick);
            socket.await("\"joined\"", "\"" + nick + "\"");
            Matcher joined = JOINED.matcher(socket.frames().getFirst());
            assertThat(joined.matches()).as(socket.frames().getFirst()).isTrue();
            return new User(socket, nick, joined.group(1));
        }

        void say(String text) {
            socket.send("{\"say\":\"" + text + "\"}");
        }

        void sayTo(String receiver, String text) {
            socket.send("{\"to\":\"" + receiver + "\",\"say\":\"" + text + "\"}");
        }

        void awaitMessage(String from, String text) {
            socket.await("[\"message\",\"" + from + "\",\"" + text + "\"]");
        }

        void awaitPrivateMessage(String from, String text) {
            socket.await("[\"private_message\",\"" + from + "\",\"" + text + "\"]");
        }

        void awaitUser(String other) {
            socket.await("\"users\"", "\"" + other + "\"");
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /// Calls a function of `Chat.Client` on a node, with the server's node and further strings as arguments.
    private static String client(ErlangPeer node, String function, String... more) {
        StringBuilder arguments = new StringBuilder("'" + server.nodeName() + "'");
        for (String argument : more) {
            arguments.append(", <<\"").append(argument).append("\">>");
        }
        return node.eval("'Elixir.Chat.Client':" + function + "(" + arguments + ")");
    }

    private static String usersInBrowsers() {
        return server.eval("length([N || N <- nodes(hidden), string:find(atom_to_list(N), \"_chat\") =/= nomatch])");
    }

    private static void awaitNodeEnd(User user) {
        Await.until("the end of " + user.node(), () -> !TestEpmd.names().contains(user.node()));
    }

    @Test
    void eachUserHasANodeAndSeesTheOtherUsers() throws Exception {
        String alice = unique("alice");
        String bob = unique("bob");
        try (User first = User.join(alice);
                User second = User.join(bob)) {
            first.awaitMessage("server", bob + " has joined");
            first.awaitUser(bob);
            assertThat(second.node()).isNotEqualTo(first.node());
            assertThat(TestEpmd.names()).contains(first.node(), second.node());
            for (User user : new User[] {first, second}) {
                assertThat(server.eval("lists:member('" + TestHost.nodeName(user.node()) + "', nodes(hidden))"))
                        .isEqualTo("true");
            }
            // The node's name becomes an atom, so it is numbered and does not contain the nick.
            assertThat(first.node()).doesNotContain(alice).containsPattern("_chat\\d+$");
        }
    }

    @Test
    void aMessageReachesAllOtherUsers() throws Exception {
        String alice = unique("alice");
        String bob = unique("bob");
        String nick = unique("joe");
        try (User first = User.join(alice);
                User second = User.join(bob)) {
            assertThat(client(joe, "connect", nick)).startsWith("{ok,[").contains(alice, bob, nick);
            first.say("Grüße <b>");
            second.awaitMessage(alice, "Grüße <b>");
            joe.awaitLog(alice + ": Grüße <b>");

            client(joe, "say", nick, "hello from Elixir");
            first.awaitMessage(nick, "hello from Elixir");
            second.awaitMessage(nick, "hello from Elixir");
            second.say("the last message");
            first.awaitMessage(bob, "the last message");
            assertThat(first.socket().frames()).noneMatch(data -> data.contains("Grüße"));
        } finally {
            client(joe, "disconnect", nick);
        }
    }

    @Test
    void aPrivateMessageReachesItsReceiverOnly() throws Exception {
        String alice = unique("alice");
        String nick = unique("joe");
        try (User first = User.join(alice);
                User second = User.join(unique("bob"))) {
            client(joe, "connect", nick);
            second.sayTo(alice, "a secret");
            first.awaitPrivateMessage(second.nick(), "a secret");
            first.sayTo(nick, "for Joe");
            joe.awaitLog(alice + ", to you only: for Joe");
            client(joe, "private_message", nick, alice, "for Alice");
            first.awaitPrivateMessage(nick, "for Alice");
            first.sayTo("nobody_" + nick, "hello?");
            first.awaitMessage("server", "nobody_" + nick + " is not in the chat");

            // Messages arrive in order, so the last one shows that no other is on its way.
            first.say("that was all");
            joe.awaitLog("that was all");
            second.awaitMessage(alice, "that was all");
            assertThat(joe.log()).doesNotContain("a secret", "for Alice");
            assertThat(second.socket().frames()).noneMatch(data -> data.contains("for "));
        } finally {
            client(joe, "disconnect", nick);
        }
    }

    @Test
    void aNickThatIsInUseOrReservedIsRejected() throws Exception {
        String alice = unique("alice");
        try (User user = User.join(alice)) {
            OpenSocket.of(pier, "/chat/" + alice).awaitClosed(4000, "nick_in_use");
            OpenSocket.of(pier, "/chat/server").awaitClosed(4000, "nick_not_allowed");
            OpenSocket.of(pier, "/chat/" + "x".repeat(121)).awaitClosed(4000, "nick_not_allowed");
            assertThat(client(joe, "connect", alice)).isEqualTo("nick_in_use");
            assertThat(client(joe, "disconnect", alice)).isEqualTo("not_allowed");
            assertThat(client(joe, "disconnect", unique("nobody"))).isEqualTo("user_not_found");

            // The rejected attempts have left no nodes.
            String carol = unique("carol");
            try (User other = User.join(carol)) {
                user.awaitUser(carol);
                Await.value("one node per user", ElixirChatIT::usersInBrowsers, "2"::equals);
                assertThat(other.node()).isNotEqualTo(user.node());
            }
        }
    }

    @Test
    void aFrameOfAnotherFormChangesNothing() throws Exception {
        try (User user = User.join(unique("alice"));
                User other = User.join(unique("bob"))) {
            for (String frame : new String[] {"[]", "{\"say\":{}}", "{\"say\":\"x\",\"to\":[]}", "null"}) {
                user.socket().send(frame);
            }
            user.say("after these");
            other.awaitMessage(user.nick(), "after these");
        }
    }

    @Test
    void aUserWhoLeavesTakesTheNodeAlong() throws Exception {
        String alice = unique("alice");
        try (User other = User.join(unique("bob"))) {
            User user = User.join(alice);
            user.close();
            other.awaitMessage("server", alice + " has left");
            awaitNodeEnd(user);
            other.socket().forget();
            try (User again = User.join(alice)) {
                again.say("back again");
                other.awaitMessage(alice, "back again");
            }
        }
    }

    @Test
    void theUserOfAClosedPageLeaves() throws Exception {
        String alice = unique("alice");
        try (User other = User.join(unique("bob"))) {
            User user = User.join(alice);
            user.close();
            other.awaitMessage("server", alice + " has left");
            awaitNodeEnd(user);
            try (User again = User.join(alice)) {
                other.say("welcome back");
                again.awaitMessage(other.nick(), "welcome back");
            }
        }
    }

    @Test
    void theUserOfAKilledElixirNodeLeaves() throws Exception {
        String nick = unique("mortal");
        try (User user = User.join(unique("alice"));
                ErlangPeer mortal = Sample.elixir().cookie(server.cookie()).start()) {
            mortal.eval("{ok, _} = application:ensure_all_started(elixir)");
            client(mortal, "connect", nick);
            user.awaitUser(nick);
            mortal.kill();
            user.awaitMessage("server", nick + " has left");
        }
    }

    @Test
    void usersLearnThatTheChatHasEnded() throws Exception {
        try (ErlangPeer mortal = Sample.elixir().cookie(server.cookie()).start();
                RunningPier itsPier = RunningPier.withSample(home.resolve("mortal"), mortal, Sample.chatAt(mortal))) {
            Sample.startChat(mortal);
            User user = User.join(itsPier, "alice");
            mortal.kill();
            user.socket().awaitClosed(1011);
            OpenSocket.of(itsPier, "/chat/alice").awaitClosed(1013);
            mortal.restart();
            Sample.startChat(mortal);
            User.join(itsPier, "alice").close();
        }
    }

    @Test
    void aPierWithoutThePeerChatReportsNoServer() throws Exception {
        assertThat(pier.get("/page").body()).contains("\"chat\":\"" + server.nodeName() + "\"");
        try (RunningPier without = RunningPier.withSample(home.resolve("without"), server, "")) {
            assertThat(without.get("/page").body()).contains("\"chat\":null");
            OpenSocket.of(without, "/chat/alice").awaitClosed(1011);
        }
    }
}
