package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Servers and handlers without a name, and what processes can do besides sending: references, links, aliases, answers.
class UnnamedProcessesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;
    private static ErlangProcesses processes;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        assertThat(node.peer(erlang).ping()).isTrue();
        processes = ErlangProcesses.on(erlang, node);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String call(Pid server, String request) {
        return "gen_server:call(" + ErlangProcesses.text(server) + ", " + request + ")";
    }

    /// Adds up what it is asked.
    static final class Sum implements GenServer {
        private long sum;

        @Override
        public void handleCall(Message request, From from) {
            sum += request.as(long.class);
            from.reply(sum);
        }

        @Override
        public void handleCast(Message request) {}
    }

    @Test
    void eachServerHasItsOwnState() {
        try (ErlangProcess one = node.processes().spawn(new Sum());
                ErlangProcess two = node.processes().spawn(new Sum())) {
            assertThat(erlang.eval(call(one.self(), "5"))).isEqualTo("5");
            assertThat(erlang.eval(call(one.self(), "5"))).isEqualTo("10");
            assertThat(erlang.eval(call(two.self(), "1"))).isEqualTo("1");
            assertThat(node.server(one.self()).call(1).as(long.class)).isEqualTo(11);
        }
    }

    @Test
    void aServerThatDoesNotStartLeavesNoProcess() {
        int before = node.node().processes().count();
        assertThatThrownBy(() -> node.processes().spawn(new GenServer() {
                    @Override
                    public void init(ErlangProcess self) {
                        throw new IllegalStateException("not today");
                    }

                    @Override
                    public void handleCall(Message request, From from) {}

                    @Override
                    public void handleCast(Message request) {}
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not today");
        assertThat(node.node().processes().count()).isEqualTo(before);
    }

    @Test
    void aHandlerAnswersCalls() {
        try (ErlangProcess handler = node.processes().spawn((message, self) -> {
            GenServer.Call call = message.call().orElseThrow();
            if (call.request().term().equals(Term.parse("refuse"))) {
                call.from().fail(Term.parse("not_now"));
            } else {
                call.from().reply(call.request().term());
            }
        })) {
            assertThat(erlang.eval(call(handler.self(), "{presence, <<\"ann\">>}")))
                    .isEqualTo("{presence,<<\"ann\">>}");
            assertThatThrownBy(() -> node.server(handler.self()).call(Term.parse("refuse")))
                    .isInstanceOfSatisfying(
                            RemoteExit.class, e -> assertThat(e.reason()).isEqualTo(Term.parse("not_now")));
        }
    }

    @Test
    void aMailboxAnswersCallsAndOtherMessagesAreNone() {
        try (Mailbox mailbox = node.processes().mailbox()) {
            CompletableFuture<String> answer =
                    CompletableFuture.supplyAsync(() -> erlang.eval(call(mailbox.self(), "ping")));
            Message message = mailbox.receive(PATIENCE).orElseThrow();
            message.call().orElseThrow().from().reply("pong");
            assertThat(Await.result("the answer", answer)).isEqualTo("<<\"pong\">>");

            for (String other : new String[] {"{'$gen_call', x, y}", "{'$gen_cast', y}", "x", "[]", "{}"}) {
                mailbox.send(mailbox.self(), Term.parse(other));
                assertThat(mailbox.receive(PATIENCE).orElseThrow().call())
                        .as(other)
                        .isEmpty();
            }
        }
    }

    @Test
    void linksAreListed() {
        Pid other = processes.start(TestHost.uniqueName("linked"), "plain");
        try (Mailbox mailbox = node.processes().mailbox();
                Mailbox local = node.processes().mailbox()) {
            assertThat(mailbox.links()).isEmpty();
            mailbox.link(other);
            mailbox.link(local.self());
            assertThat(mailbox.links()).containsExactlyInAnyOrder(other, local.self());
            assertThat(local.links()).containsExactly(mailbox.self());
            mailbox.unlink(other);
            mailbox.unlink(local.self());
            assertThat(mailbox.links()).isEmpty();
        }
    }

    @Test
    void referencesAreUnique() {
        Mailbox mailbox = node.processes().mailbox();
        Reference one = mailbox.makeRef();
        assertThat(one.node().name()).isEqualTo(node.name());
        assertThat(mailbox.makeRef()).isNotEqualTo(one);
        mailbox.close();
        assertThatThrownBy(mailbox::makeRef).isInstanceOf(ProcessEnded.class);
    }

    @Test
    void aMessageReachesAnAlias() {
        try (Mailbox mailbox = node.processes().mailbox()) {
            CompletableFuture<String> got = CompletableFuture.supplyAsync(
                    () -> erlang.eval("A = alias(), " + ErlangProcesses.text(mailbox.self())
                            + " ! A, receive {to_alias, X} -> X after 20000 -> mute end"));
            Reference alias =
                    (Reference) mailbox.receive(PATIENCE).orElseThrow().term();
            mailbox.send(alias, Term.parse("{to_alias, 7}"));
            assertThat(Await.result("the message", got)).isEqualTo("7");
        }
    }

    record User(String name, int age) {}

    @Test
    void aPartOfATermIsReadAsAReplyIs() {
        Tuple row = (Tuple) Term.parse("{row, #{name => [<<\"An\">>, \"n\"], age => 30}}");
        assertThat(node.processes().read(row.get(1)).as(User.class)).isEqualTo(new User("Ann", 30));
        assertThatThrownBy(() -> node.processes().read(row.get(0)).as(User.class))
                .isInstanceOf(UnexpectedTerm.class);
    }
}
