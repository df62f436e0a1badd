package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.OpenedNode;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Mailboxes and processes of a real node: messages, selective receive, limits, and the end.
class MailboxIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final Duration PATIENCE = Duration.ofSeconds(20);

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

    private static Mailbox mailbox() {
        return node.processes().mailbox();
    }

    private static String unique(String prefix) {
        return TestHost.uniqueName(prefix);
    }

    private static Message receive(Mailbox mailbox) {
        return mailbox.receive(PATIENCE).orElseThrow(() -> new AssertionError("no message arrived"));
    }

    @Test
    void messagesReachPidsAndNamesBothWays() {
        String name = unique("echo");
        Pid echo = processes.start(name, "start");
        try (Mailbox mailbox = node.processes().mailbox(unique("java"))) {
            mailbox.send(echo, Tuple.of(Atom.of("to_pid"), mailbox.self()));
            mailbox.send(name, erlang.nodeName(), "to a name");
            Await.asserted(
                    "both messages, in order",
                    () -> assertThat(processes.seen(name))
                            .startsWith("[{to_pid,<")
                            .endsWith(">},<<\"to a name\">>]"));

            erlang.eval(
                    ErlangProcesses.text(mailbox.self()) + " ! {hello, self(), make_ref(), fun lists:map/2, [1,2,3]}");
            Message hello = receive(mailbox);
            assertThat(((Tuple) hello.term()).get(0)).isEqualTo(Atom.of("hello"));
            assertThat(hello.down()).isEmpty();
            assertThat(hello.exit()).isEmpty();
        }
    }

    @Test
    void aNameIsFreeAfterTheEndOfItsProcess() {
        String name = unique("java");
        try (Mailbox mailbox = node.processes().mailbox(name)) {
            erlang.eval("{" + name + ", '" + node.name() + "'} ! <<\"hello\">>");
            assertThat(receive(mailbox).as(String.class)).isEqualTo("hello");
            assertThatThrownBy(() -> node.processes().mailbox(name))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(name);
        }
        node.processes().mailbox(name).close();
    }

    @Test
    void termsFromErlangReturnUnchanged() {
        String terms =
                "{self(), make_ref(), hd(erlang:ports()), fun lists:map/2, fun(X) -> X + 1 end, <<1:3>>, #{a => 1.5}}";
        try (Mailbox mailbox = mailbox()) {
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> erlang.eval("T = " + terms + ", "
                    + ErlangProcesses.text(mailbox.self())
                    + " ! {self(), T}, receive T -> same; Other -> {T, Other} after 20000 -> mute end"));
            Tuple question = (Tuple) receive(mailbox).term();
            mailbox.send((Pid) question.get(0), question.get(1));
            assertThat(Await.result("the term back", answer)).isEqualTo("same");
        }
    }

    @Test
    void receiveIsSelectiveAndKeepsTheOrderOfTheRest() {
        try (Mailbox mailbox = mailbox()) {
            for (int i = 1; i <= 5; i++) {
                mailbox.send(mailbox.self(), i);
            }
            assertThat(mailbox.receive(m -> m.as(int.class) == 4, PATIENCE))
                    .hasValueSatisfying(m -> assertThat(m.as(int.class)).isEqualTo(4));
            assertThat(mailbox.receive(m -> m.as(int.class) > 9, Duration.ofMillis(20)))
                    .isEmpty();
            List<Integer> rest = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                rest.add(receive(mailbox).as(int.class));
            }
            assertThat(rest).containsExactly(1, 2, 3, 5);
            assertThat(mailbox.size()).isZero();
        }
    }

    @Test
    void aSelectiveReceiveSeesLaterMessages() {
        try (Mailbox mailbox = mailbox()) {
            mailbox.send(mailbox.self(), 1);
            CompletableFuture<Integer> two =
                    CompletableFuture.supplyAsync(() -> mailbox.receive(m -> m.as(int.class) == 2, PATIENCE)
                            .orElseThrow()
                            .as(int.class));
            mailbox.send(mailbox.self(), 2);
            assertThat(Await.result("the second message", two)).isEqualTo(2);
            assertThat(receive(mailbox).as(int.class)).isEqualTo(1);
        }
    }

    @Test
    void aWaitEndsByTheEndOfTheProcessAndByAnInterrupt() throws InterruptedException {
        Mailbox mailbox = mailbox();
        CompletableFuture<Throwable> woken = new CompletableFuture<>();
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                mailbox.receive(Duration.ofMinutes(5));
            } catch (ProcessEnded e) {
                woken.complete(e);
            }
        });
        Await.until("the waiter", () -> waiter.getState() == Thread.State.WAITING);
        mailbox.end(Atom.of("enough"));
        assertThat(((ProcessEnded) Await.result("the end", woken)).reason()).isEqualTo(Atom.of("enough"));

        try (Mailbox other = mailbox()) {
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread second = Thread.ofVirtual().start(() -> {
                try {
                    other.receive(Duration.ofMinutes(5));
                } catch (CallCancelled e) {
                    interrupted.complete(Thread.currentThread().isInterrupted());
                }
            });
            second.interrupt();
            assertThat(Await.result("the interrupt", interrupted)).isTrue();
        }
    }

    @Test
    void aBadMessageFailsOnlyItsOwnSend() {
        String name = unique("echo");
        Pid echo = processes.start(name, "start");
        try (Mailbox mailbox = mailbox()) {
            assertThatThrownBy(() -> mailbox.send(echo, Double.NaN)).isInstanceOf(BadArgument.class);
            assertThatThrownBy(() -> mailbox.exit(echo, Double.NaN)).isInstanceOf(BadArgument.class);
            mailbox.send(echo, 1);
            Await.asserted(
                    "the one message", () -> assertThat(processes.seen(name)).isEqualTo("[1]"));
        }
    }

    @Test
    void aSendToAnUnreachableNodeThrowsNotConnected() {
        try (Mailbox mailbox = mailbox()) {
            assertThatThrownBy(() -> mailbox.send("nobody", "missing_node@localhost", 1))
                    .isInstanceOf(NotConnected.class)
                    .hasMessageContaining("missing_node@localhost");
            assertThatThrownBy(() -> mailbox.send(unique("nobody"), 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFullMailboxDropsMessagesOrEndsItsProcess() throws Exception {
        MailboxSettings dropping = new MailboxSettings(10, 1 << 20, MailboxSettings.Overflow.DROP);
        try (TestNode small = TestNode.start(erlang.cookie(), dropping);
                LogCapture log = LogCapture.begin()) {
            String name = unique("small");
            Mailbox mailbox = small.processes().mailbox(name);
            for (int i = 0; i < 25; i++) {
                mailbox.send(mailbox.self(), i);
            }
            assertThat(mailbox.size()).isEqualTo(10);
            assertThat(mailbox.dropped()).isEqualTo(15);
            assertThat(receive(mailbox).as(int.class)).isZero();
            mailbox.send(mailbox.self(), "room again");
            assertThat(mailbox.size()).isEqualTo(10);
            assertThat(log.warnings(name))
                    .singleElement()
                    .asString()
                    .contains("is full", "erlang.mailbox.messages = 10", "erlang.mailbox.bytes");
        }
        MailboxSettings bytes = new MailboxSettings(1000, 10_000, MailboxSettings.Overflow.END);
        try (TestNode small = TestNode.start(erlang.cookie(), bytes)) {
            String name = unique("small");
            Mailbox mailbox = small.processes().mailbox(name);
            mailbox.send(mailbox.self(), new byte[20_000]);
            assertThat(mailbox.isAlive()).as("a large one alone").isTrue();
            erlang.eval("{" + name + ", '" + small.name() + "'} ! more");
            Await.until("the end", () -> !mailbox.isAlive());
            assertThatThrownBy(() -> mailbox.receive(PATIENCE))
                    .isInstanceOfSatisfying(
                            ProcessEnded.class, e -> assertThat(e.reason()).isEqualTo(Atom.of("mailbox_overflow")));
        }
    }

    @Test
    void anEndedProcessThrowsProcessEnded() {
        Mailbox mailbox = mailbox();
        Pid self = mailbox.self();
        mailbox.close();
        mailbox.close();
        assertThat(mailbox.self()).isEqualTo(self);
        assertThatThrownBy(() -> mailbox.send(self, 1)).isInstanceOf(ProcessEnded.class);
        assertThatThrownBy(() -> mailbox.link(self)).isInstanceOf(ProcessEnded.class);
        assertThatThrownBy(() -> mailbox.monitor(self)).isInstanceOf(ProcessEnded.class);
        assertThatThrownBy(() -> mailbox.receive(PATIENCE)).isInstanceOf(ProcessEnded.class);
        try (Mailbox other = mailbox()) {
            other.send(self, "to nobody");
        }
    }

    @Test
    void anUnreferencedMailboxLivesOn() {
        String name = unique("unheld");
        WeakReference<Object> collected = new WeakReference<>(new Object());
        node.processes().mailbox(name);
        Await.until("the garbage collector", () -> {
            System.gc();
            return collected.get() == null;
        });
        assertThat(node.node().processes().whereis(Atom.of(name))).isPresent();
        assertThat(erlang.eval("M = monitor(process, {" + name + ", '" + node.name() + "'}),"
                        + " {" + name + ", '" + node.name() + "'} ! hello, pong = net_adm:ping('" + node.name() + "'),"
                        + " receive {'DOWN', M, _, _, R} -> R after 0 -> lives end"))
                .isEqualTo("lives");
    }

    @Test
    void noProcessStartsAfterTheEndOfTheApplication() throws IOException {
        try (TestNode closing = TestNode.start(erlang.cookie())) {
            int before = closing.node().processes().count();
            OpenedNode application = closing.runtime().scope("application");
            application.mailbox();
            application.close();
            assertThatThrownBy(application::mailbox).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> application.mailbox("late")).hasMessageContaining("the application has ended");
            assertThatThrownBy(() -> application.register("late", (_, _) -> {}))
                    .hasMessageContaining("the application has ended");
            assertThat(closing.node().processes().count()).isEqualTo(before);
        }
    }
}
