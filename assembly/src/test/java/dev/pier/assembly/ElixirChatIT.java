package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The Elixir chat: its server and users in Elixir, and users whose browsers a Pier has, each a node of its own.
class ElixirChatIT {
    private static final String EVENT = "chat";
    private static final Pattern NODE = Pattern.compile("\"node\":\"([^\"@]+)@");

    /// Where the server runs; the sample's Erlang modules are there, too.
    @RegisterExtension
    static final ErlangPeer server = Sample.elixir().start();

    /// A user in Elixir.
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

    /// Names of their own for each test: its users may still be there when the next one begins.
    private static String unique(String nick) {
        return TestHost.uniqueName(nick);
    }

    /// A user on a page, and the name of the user's node.
    private record User(OpenPage page, String nick, String node) implements AutoCloseable {
        static User join(String nick) throws Exception {
            OpenPage page = OpenPage.of(pier);
            HttpResponse<String> joined = ElixirChatIT.join(page, nick);
            assertThat(joined.statusCode()).as(joined.body()).isEqualTo(200);
            assertThat(joined.body()).contains("\"" + nick + "\"");
            Matcher node = NODE.matcher(joined.body());
            assertThat(node.find()).as(joined.body()).isTrue();
            return new User(page, nick, node.group(1));
        }

        void say(String text) {
            assertThat(page.post("/chat/say", "{\"text\":\"" + text + "\"}").statusCode())
                    .isEqualTo(202);
        }

        void sayTo(String nick, String text) {
            assertThat(page.post("/chat/private", "{\"to\":\"" + nick + "\",\"text\":\"" + text + "\"}")
                            .statusCode())
                    .isEqualTo(202);
        }

        void hears(String from, String text) {
            page.await(EVENT, "\"message\"", "\"from\":\"" + from + "\"", "\"text\":\"" + text + "\"");
        }

        void hearsAlone(String from, String text) {
            page.await(EVENT, "\"private\"", "\"from\":\"" + from + "\"", "\"text\":\"" + text + "\"");
        }

        void sees(String who) {
            page.await(EVENT, "\"present\"", "\"" + who + "\"");
        }

        @Override
        public void close() {
            page.close();
        }
    }

    private static HttpResponse<String> join(OpenPage page, String nick) {
        return page.post("/chat/join", "{\"nick\":\"" + nick + "\"}");
    }

    /// What Joe, or somebody at his node, does with the functions for a shell.
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

    private static void awaitGone(User user) {
        Await.until("the end of " + user.node(), () -> !TestEpmd.names().contains(user.node()));
    }

    @Test
    void whoConnectsIsANodeAndSeesWhoIsThere() throws Exception {
        String alice = unique("alice");
        String bob = unique("bob");
        try (User first = User.join(alice);
                User second = User.join(bob)) {
            first.hears("server", bob + " has joined");
            first.sees(bob);
            assertThat(second.node()).isNotEqualTo(first.node());
            assertThat(first.page().get("/chat").body()).contains("\"nick\":\"" + alice + "\"");
            assertThat(TestEpmd.names()).contains(first.node(), second.node());
            for (User user : new User[] {first, second}) {
                assertThat(server.eval("lists:member('" + TestHost.nodeName(user.node()) + "', nodes(hidden))"))
                        .isEqualTo("true");
            }
            // Its numbers, not what the user has typed, are atoms over there.
            assertThat(first.node()).doesNotContain(alice).containsPattern("_chat\\d+$");
        }
    }

    @Test
    void whatIsSaidIsHeardByAllOthers() throws Exception {
        String alice = unique("alice");
        String bob = unique("bob");
        String nick = unique("joe");
        try (User first = User.join(alice);
                User second = User.join(bob)) {
            assertThat(client(joe, "connect", nick)).startsWith("{ok,[").contains(alice, bob, nick);
            first.say("Grüße <b>");
            second.hears(alice, "Grüße <b>");
            joe.awaitLog(alice + ": Grüße <b>");

            client(joe, "say", nick, "hello from Elixir");
            first.hears(nick, "hello from Elixir");
            second.hears(nick, "hello from Elixir");
            second.say("to end with");
            first.hears(bob, "to end with");
            assertThat(first.page().events(EVENT)).noneMatch(data -> data.contains("Grüße"));
        } finally {
            client(joe, "disconnect", nick);
        }
    }

    @Test
    void aPrivateMessageIsHeardByItsReceiverAlone() throws Exception {
        String alice = unique("alice");
        String nick = unique("joe");
        try (User first = User.join(alice);
                User second = User.join(unique("bob"))) {
            client(joe, "connect", nick);
            second.sayTo(alice, "a secret");
            first.hearsAlone(second.nick(), "a secret");
            first.sayTo(nick, "for Joe");
            joe.awaitLog(alice + ", to you alone: for Joe");
            client(joe, "private_message", nick, alice, "for Alice");
            first.hearsAlone(nick, "for Alice");
            first.sayTo("nobody_" + nick, "hello?");
            first.hears("server", "nobody_" + nick + " is not here");

            // What comes last has everything before it.
            first.say("that was all");
            joe.awaitLog("that was all");
            second.hears(alice, "that was all");
            assertThat(joe.log()).doesNotContain("a secret", "for Alice");
            assertThat(second.page().events(EVENT)).noneMatch(data -> data.contains("for "));
        } finally {
            client(joe, "disconnect", nick);
        }
    }

    @Test
    void aNickThatIsTakenOrTheServersIsRefused() throws Exception {
        String alice = unique("alice");
        try (User user = User.join(alice);
                OpenPage other = OpenPage.of(pier)) {
            HttpResponse<String> taken = join(other, alice);
            assertThat(taken.statusCode()).isEqualTo(409);
            assertThat(taken.body()).contains("nick_in_use");
            HttpResponse<String> servers = join(other, "server");
            assertThat(servers.statusCode()).isEqualTo(409);
            assertThat(servers.body()).contains("nick_not_allowed");
            assertThat(client(joe, "connect", alice)).isEqualTo("nick_in_use");
            assertThat(client(joe, "disconnect", alice)).isEqualTo("not_allowed");
            assertThat(client(joe, "disconnect", unique("nobody"))).isEqualTo("user_not_found");
            assertThat(join(user.page(), unique("twice")).statusCode()).isEqualTo(409);
            assertThat(other.post("/chat/say", "{\"text\":\"from outside\"}").statusCode())
                    .isEqualTo(409);

            // Who was refused may try again, and no node is left of it.
            String carol = unique("carol");
            assertThat(join(other, carol).statusCode()).isEqualTo(200);
            user.sees(carol);
            Await.value("no node but theirs", ElixirChatIT::usersInBrowsers, "2"::equals);
        }
    }

    @Test
    void whoLeavesIsGoneWithTheNode() throws Exception {
        String alice = unique("alice");
        try (User user = User.join(alice);
                User other = User.join(unique("bob"))) {
            assertThat(user.page().post("/chat/leave", "{}").statusCode()).isEqualTo(202);
            other.hears("server", alice + " has left");
            awaitGone(user);
            assertThat(join(user.page(), alice).statusCode()).isEqualTo(200);
            other.page().forget();
            user.say("here again");
            other.hears(alice, "here again");
        }
    }

    @Test
    void aClosedTabLeavesTheChat() throws Exception {
        String alice = unique("alice");
        try (User other = User.join(unique("bob"))) {
            User user = User.join(alice);
            user.close();
            other.hears("server", alice + " has left");
            awaitGone(user);
            try (User again = User.join(alice)) {
                other.say("welcome back");
                again.hears(other.nick(), "welcome back");
            }
        }
    }

    @Test
    void anElixirNodeThatDiesLeavesTheChat() throws Exception {
        String nick = unique("mortal");
        try (User user = User.join(unique("alice"));
                ErlangPeer mortal = Sample.elixir().cookie(server.cookie()).start()) {
            mortal.eval("{ok, _} = application:ensure_all_started(elixir)");
            client(mortal, "connect", nick);
            user.sees(nick);
            mortal.kill();
            user.hears("server", nick + " has left");
        }
    }

    @Test
    void usersAreToldOfTheEndOfTheChat() throws Exception {
        try (ErlangPeer mortal = Sample.elixir().cookie(server.cookie()).start();
                RunningPier itsPier = RunningPier.withSample(home.resolve("mortal"), mortal, Sample.chatAt(mortal));
                OpenPage page = OpenPage.of(itsPier)) {
            Sample.startChat(mortal);
            assertThat(join(page, "alice").statusCode()).isEqualTo(200);
            mortal.kill();
            page.await(EVENT, "\"gone\"", "noconnection");
            assertThat(join(page, "alice").statusCode()).isEqualTo(503);
            mortal.restart();
            Sample.startChat(mortal);
            Await.until("the chat", () -> join(page, "alice").statusCode() == 200);
        }
    }

    @Test
    void withoutAChatThePageSaysSo() throws Exception {
        try (OpenPage page = OpenPage.of(pier)) {
            assertThat(page.get("/chat").body()).contains("\"server\":\"" + server.nodeName() + "\"");
        }
        try (RunningPier without = RunningPier.withSample(home.resolve("without"), server, "");
                OpenPage page = OpenPage.of(without)) {
            assertThat(page.get("/chat").body()).contains("\"server\":null");
            assertThat(join(page, "alice").statusCode()).isEqualTo(503);
        }
    }
}
