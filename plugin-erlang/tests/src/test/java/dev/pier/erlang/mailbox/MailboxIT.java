package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.OpenedNode;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Processes of ours and processes of a real node: messages, links, monitors, exits.
class MailboxIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Atom KILL = Atom.of("kill");

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        assertThat(node.peer(erlang).ping()).isTrue();
        erlang.compile("""
                -module(p).
                -compile(export_all).
                -compile(nowarn_export_all).
                %% A process that does what it is told and says what it is told to say.
                start() -> spawn(fun() -> process_flag(trap_exit, true), loop([]) end).
                plain() -> spawn(fun() -> loop([]) end).
                loop(Seen) ->
                    receive
                        {do, Fun} -> Fun(), loop(Seen);
                        {stop, Reason} -> exit(Reason);
                        {seen, From, Ref} -> From ! {Ref, lists:reverse(Seen)}, loop(Seen);
                        Other -> loop([Other | Seen])
                    end.
                seen(Pid) -> R = make_ref(), Pid ! {seen, self(), R}, receive {R, S} -> S after 20000 -> error(mute) end.
                do(Pid, Fun) -> Pid ! {do, Fun}, seen(Pid).
                links(Pid) -> {links, L} = process_info(Pid, links), L.
                keep(Name, Pid) -> register(Name, Pid), Pid.
                """);
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

    private static Pid start(String name, String function) {
        return (Pid) node.peer(erlang)
                .call(
                        "p",
                        "keep",
                        Atom.of(name),
                        node.peer(erlang).call("p", function).term())
                .term();
    }

    private static Message receive(Mailbox mailbox) {
        return mailbox.receive(PATIENCE).orElseThrow(() -> new AssertionError("no message"));
    }

    private static String seen(String name) {
        return erlang.eval("p:seen(" + name + ")");
    }

    private static String text(Pid pid) {
        // Erlang reads no pid of another node; it makes one of the parts.
        return "binary_to_term(<<131,88,119," + pid.node().name().length() + ",\""
                + pid.node().name() + "\","
                + (pid.id() & 0xffffffffL) + ":32," + (pid.serial() & 0xffffffffL) + ":32,"
                + (pid.creation() & 0xffffffffL) + ":32>>)";
    }

    @Test
    void messagesGoToPidsAndNamesBothWays() {
        String name = unique("echo");
        Pid echo = start(name, "start");
        try (Mailbox mailbox = node.processes().mailbox(unique("java"))) {
            mailbox.send(echo, Tuple.of(Atom.of("to_pid"), mailbox.self()));
            mailbox.send(name, erlang.nodeName(), "to a name");
            Await.asserted(
                    "both messages, in order",
                    () -> assertThat(seen(name)).startsWith("[{to_pid,<").endsWith(">},<<\"to a name\">>]"));

            erlang.eval(text(mailbox.self()) + " ! {hello, self(), make_ref(), fun lists:map/2, [1,2,3]}");
            Message hello = receive(mailbox);
            assertThat(((Tuple) hello.term()).get(0)).isEqualTo(Atom.of("hello"));
            assertThat(hello.down()).isEmpty();
            assertThat(hello.exit()).isEmpty();
        }
    }

    @Test
    void aRegisteredNameIsReachedAndFreeAfterTheEnd() {
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
    void whatCameFromErlangGoesBackUnchanged() {
        String terms =
                "{self(), make_ref(), hd(erlang:ports()), fun lists:map/2, fun(X) -> X + 1 end, <<1:3>>, #{a => 1.5}}";
        try (Mailbox mailbox = mailbox()) {
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> erlang.eval("T = " + terms + ", "
                    + text(mailbox.self())
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
    void aSelectiveReceiveSeesWhatComesLater() {
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
    void whoWaitsIsWokenByTheEndAndByAnInterrupt() throws InterruptedException {
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
    void aBadMessageHarmsNobody() {
        String name = unique("echo");
        Pid echo = start(name, "start");
        try (Mailbox mailbox = mailbox()) {
            assertThatThrownBy(() -> mailbox.send(echo, Double.NaN)).isInstanceOf(BadArgument.class);
            assertThatThrownBy(() -> mailbox.exit(echo, Double.NaN)).isInstanceOf(BadArgument.class);
            mailbox.send(echo, 1);
            Await.asserted("the one message", () -> assertThat(seen(name)).isEqualTo("[1]"));
        }
    }

    @Test
    void anUnreachableNodeIsSaidWhenSending() {
        try (Mailbox mailbox = mailbox()) {
            assertThatThrownBy(() -> mailbox.send("nobody", "missing_node@localhost", 1))
                    .isInstanceOf(NotConnected.class)
                    .hasMessageContaining("missing_node@localhost");
            assertThatThrownBy(() -> mailbox.send(unique("nobody"), 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void monitorsTellTheEndByPidAndByName() {
        String name = unique("mortal");
        Pid mortal = start(name, "start");
        try (Mailbox mailbox = mailbox()) {
            Reference byPid = mailbox.monitor(mortal);
            Reference byName = mailbox.monitor(name, erlang.nodeName());
            mailbox.send(mortal, Tuple.of(Atom.of("stop"), Atom.of("tired")));

            Message.Down first = mailbox.receive(m -> m.down().isPresent(), PATIENCE)
                    .flatMap(Message::down)
                    .orElseThrow();
            Message.Down second = receive(mailbox).down().orElseThrow();
            assertThat(List.of(first, second))
                    .containsExactlyInAnyOrder(
                            new Message.Down(byPid, mortal, Atom.of("tired")),
                            new Message.Down(
                                    byName, Tuple.of(Atom.of(name), Atom.of(erlang.nodeName())), Atom.of("tired")));
        }
    }

    @Test
    void aMonitorOfNobodyFiresAtOnce() {
        try (Mailbox mailbox = mailbox()) {
            Reference monitor = mailbox.monitor("nobody", erlang.nodeName());
            assertThat(receive(mailbox).term())
                    .isEqualTo(Tuple.of(
                            Atom.of("DOWN"),
                            monitor,
                            Atom.of("process"),
                            Tuple.of(Atom.of("nobody"), Atom.of(erlang.nodeName())),
                            Atom.of("noproc")));
            mailbox.monitor("nobody", "missing_node@localhost");
            assertThat(receive(mailbox).down().orElseThrow().reason()).isEqualTo(Atom.of("noconnection"));
            mailbox.monitor(unique("nobody"), node.name());
            assertThat(receive(mailbox).down().orElseThrow().reason()).isEqualTo(Atom.of("noproc"));
            Pid stale = new Pid(mailbox.self().node(), 1, 0, mailbox.self().creation() + 1);
            mailbox.monitor(stale);
            assertThat(receive(mailbox).down().orElseThrow().reason()).isEqualTo(Atom.of("noproc"));
        }
    }

    @Test
    void aMonitorThatWasEndedSaysNothing() {
        String name = unique("mortal");
        Pid mortal = start(name, "start");
        try (Mailbox mailbox = mailbox()) {
            Reference early = mailbox.monitor(mortal);
            Reference late = mailbox.monitor(mortal);
            Reference kept = mailbox.monitor(mortal);
            mailbox.demonitor(early);
            mailbox.send(mortal, Tuple.of(Atom.of("stop"), Atom.of("tired")));
            // Once the last has come the others would have, too: signals of one process come in order.
            Await.until("both", () -> mailbox.size() == 2);
            mailbox.demonitor(late);
            assertThat(receive(mailbox).down().orElseThrow().monitor()).isEqualTo(kept);
            assertThat(mailbox.size()).isZero();
        }
    }

    @Test
    void erlangMonitorsOursByPidAndByName() {
        String watcher = unique("watcher");
        start(watcher, "start");
        String name = unique("java");
        Mailbox mailbox = node.processes().mailbox(name);
        erlang.eval("p:do(" + watcher + ", fun() -> monitor(process, " + text(mailbox.self())
                + "), monitor(process, {" + name + ", '" + node.name() + "'}), X = monitor(process, "
                + text(mailbox.self()) + "), demonitor(X) end)");
        // A call over the same connection, behind the monitors.
        node.peer(erlang).ping();
        mailbox.end(Atom.of("tired"));
        Await.until("both", () -> erlang.eval("length(p:seen(" + watcher + "))").equals("2"));
        assertThat(erlang.eval("lists:sort([{is_pid(Object), Reason} || {'DOWN', _, process, Object, Reason} <- p:seen("
                        + watcher + ")])"))
                .isEqualTo("[{false,tired},{true,tired}]");
    }

    @Test
    @Says(in = Section.LINKS, value = "A process link passes the exit signal of one process to the other.")
    void linksEndBothSides() {
        try (Mailbox trapping = mailbox()) {
            Pid plain = start(unique("plain"), "plain");
            trapping.trapExit(true);
            trapping.link(plain);
            trapping.send(plain, Tuple.of(Atom.of("stop"), Tuple.of(Atom.of("because"), IntegerTerm.of(1))));
            Message message = receive(trapping);
            assertThat(message.exit()).contains(new Message.Exit(plain, Term.parse("{because,1}")));
            assertThat(message.term()).isEqualTo(Tuple.of(Atom.of("EXIT"), plain, Term.parse("{because,1}")));
        }
        Mailbox untrapping = mailbox();
        Pid second = start(unique("plain"), "plain");
        untrapping.link(second);
        untrapping.send(second, Tuple.of(Atom.of("stop"), Atom.of("because")));
        assertThatThrownBy(() -> untrapping.receive(PATIENCE))
                .isInstanceOfSatisfying(
                        ProcessEnded.class, e -> assertThat(e.reason()).isEqualTo(Atom.of("because")));

        String name = unique("trapper");
        Pid trapper = start(name, "start");
        Mailbox ending = mailbox();
        ending.link(trapper);
        ending.send(trapper, "linked");
        Await.until("the message", () -> seen(name).contains("linked"));
        ending.close();
        Await.until("the exit", () -> seen(name).contains("'EXIT'"));
        assertThat(erlang.eval("[R || {'EXIT', _, R} <- p:seen(" + name + ")]")).isEqualTo("[normal]");
    }

    @Test
    void aLinkWithNobodyGivesAnExitSignal() {
        try (Mailbox mailbox = mailbox()) {
            mailbox.trapExit(true);
            Pid dead = (Pid) node.peer(erlang)
                    .call("erlang", "spawn", Atom.of("erlang"), Atom.of("node"), List.of())
                    .term();
            Await.until(
                    "its end",
                    () -> node.peer(erlang)
                            .call("erlang", "is_process_alive", dead)
                            .term()
                            .equals(Atom.FALSE));
            mailbox.link(dead);
            assertThat(receive(mailbox).exit()).contains(new Message.Exit(dead, Atom.of("noproc")));
            Pid nowhere = new Pid(Atom.of("missing_node@localhost"), 1, 0, 1);
            mailbox.link(nowhere);
            assertThat(receive(mailbox).exit()).contains(new Message.Exit(nowhere, Atom.of("noconnection")));
        }
        Mailbox closed = mailbox();
        Pid gone = closed.self();
        closed.close();
        String name = unique("trapper");
        start(name, "start");
        erlang.eval("p:do(" + name + ", fun() -> link(" + text(gone) + ") end)");
        Await.until(
                "the exit",
                () -> erlang.eval("[R || {'EXIT', _, R} <- p:seen(" + name + ")]")
                        .equals("[noproc]"));
    }

    @Test
    @Says(in = Section.LINKS, value = "After an unlink, neither process has the process link.")
    void unlinkedMeansUnlinkedOnBothSides() {
        String name = unique("trapper");
        Pid trapper = start(name, "start");
        Mailbox mailbox = mailbox();
        for (int i = 0; i < 100; i++) {
            mailbox.link(trapper);
            mailbox.unlink(trapper);
        }
        mailbox.send(trapper, "all sent");
        Await.until("the message", () -> seen(name).contains("all sent"));
        assertThat(erlang.eval("p:links(whereis(" + name + "))")).isEqualTo("[]");
        mailbox.link(trapper);
        mailbox.send(trapper, "linked");
        Await.until("the message", () -> seen(name).contains("\"linked\""));
        assertThat(erlang.eval("length(p:links(whereis(" + name + ")))")).isEqualTo("1");

        erlang.eval("p:do(" + name + ", fun() -> unlink(" + text(mailbox.self()) + ") end)");
        node.peer(erlang).ping();
        mailbox.end(Atom.of("unheard"));
        node.peer(erlang).ping();
        assertThat(seen(name)).doesNotContain("unheard");
    }

    @Test
    void exitSignalsDoWhatErlangsDo() {
        try (Mailbox mailbox = mailbox()) {
            erlang.eval("exit(" + text(mailbox.self()) + ", normal)");
            erlang.eval(text(mailbox.self()) + " ! still_here");
            assertThat(receive(mailbox).term()).isEqualTo(Atom.of("still_here"));

            Pid linked = start(unique("plain"), "plain");
            mailbox.monitor(linked);
            mailbox.link(linked);
            mailbox.send(linked, Term.parse("{stop,normal}"));
            assertThat(receive(mailbox).down().orElseThrow().reason()).isEqualTo(Atom.of("normal"));
            erlang.eval(text(mailbox.self()) + " ! still_here");
            assertThat(receive(mailbox).term()).isEqualTo(Atom.of("still_here"));

            mailbox.trapExit(true);
            erlang.eval("exit(" + text(mailbox.self()) + ", {please, go})");
            assertThat(receive(mailbox).exit().orElseThrow().reason()).isEqualTo(Term.parse("{please,go}"));

            erlang.eval("exit(" + text(mailbox.self()) + ", kill)");
            ProcessEnded ended = catchThrowableOfType(ProcessEnded.class, () -> mailbox.receive(PATIENCE));
            assertThat(ended.reason()).isEqualTo(Atom.of("killed"));
            assertThat(mailbox.isAlive()).isFalse();
        }
        Pid plain = start(unique("plain"), "plain");
        try (Mailbox mailbox = mailbox()) {
            mailbox.monitor(plain);
            mailbox.exit(plain, Atom.of("go"));
            assertThat(receive(mailbox).down().orElseThrow().reason()).isEqualTo(Atom.of("go"));
        }
    }

    @Test
    void aLongChainOfLinksEndsAsOne() {
        List<Mailbox> chain = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            chain.add(mailbox());
            if (i > 0) {
                chain.get(i).link(chain.get(i - 1).self());
            }
        }
        Mailbox last = chain.getLast();
        chain.getFirst().exit(chain.getFirst().self(), KILL);
        assertThatThrownBy(() -> last.receive(PATIENCE)).isInstanceOf(ProcessEnded.class);
        assertThat(chain).noneMatch(Mailbox::isAlive);
    }

    @Test
    void processesOfOneNodeAreLinkedAndMonitoredToo() {
        try (Mailbox one = mailbox();
                Mailbox two = node.processes().mailbox(unique("two"))) {
            one.trapExit(true);
            one.link(two.self());
            Reference monitor = one.monitor(two.self());
            Reference ended = one.monitor(two.self());
            one.demonitor(ended);
            two.end(Atom.of("bye"));
            List<Message> both = List.of(receive(one), receive(one));
            assertThat(both)
                    .anySatisfy(m -> assertThat(m.exit()).contains(new Message.Exit(two.self(), Atom.of("bye"))))
                    .anySatisfy(
                            m -> assertThat(m.down()).contains(new Message.Down(monitor, two.self(), Atom.of("bye"))));
            assertThat(one.size()).isZero();
            one.link(two.self());
            assertThat(receive(one).exit().orElseThrow().reason()).isEqualTo(Atom.of("noproc"));
            Mailbox three = mailbox();
            one.link(three.self());
            one.unlink(three.self());
            three.end(Atom.of("unheard"));
            assertThat(one.size()).isZero();
        }
    }

    @Test
    void aLostNodeIsTheEndOfLinksAndMonitors() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start();
                Mailbox mailbox = mailbox()) {
            assertThat(node.peer(mortal).ping()).isTrue();
            mailbox.trapExit(true);
            Pid remote = (Pid)
                    node.peer(mortal).call("erlang", "whereis", Atom.of("user")).term();
            Reference monitor = mailbox.monitor(remote);
            mailbox.link(remote);
            mortal.eval("spawn(fun() -> link(" + text(mailbox.self()) + "), " + text(mailbox.self())
                    + " ! linked, receive after infinity -> ok end end)");
            assertThat(mailbox.receive(m -> m.down().isEmpty() && m.exit().isEmpty(), PATIENCE))
                    .isPresent();
            mortal.kill();
            List<Message> all = List.of(receive(mailbox), receive(mailbox), receive(mailbox));
            assertThat(all)
                    .anySatisfy(m ->
                            assertThat(m.down()).contains(new Message.Down(monitor, remote, Atom.of("noconnection"))));
            assertThat(all.stream().filter(m -> m.exit().isPresent()))
                    .hasSize(2)
                    .allSatisfy(m -> assertThat(m.exit().orElseThrow().reason()).isEqualTo(Atom.of("noconnection")));
        }
    }

    @Test
    void aStoppedNodeIsSeenByErlangAtOnce() throws Exception {
        String name = unique("watcher");
        start(name, "start");
        try (TestNode mortal = TestNode.start(erlang.cookie())) {
            Mailbox mailbox = mortal.processes().mailbox(unique("java"));
            assertThat(mortal.peer(erlang).ping()).isTrue();
            erlang.eval("p:do(" + name + ", fun() -> monitor(process, " + text(mailbox.self()) + "), link("
                    + text(mailbox.self()) + "), monitor_node('" + mortal.name() + "', true) end)");
            mortal.peer(erlang).ping();
        }
        Await.until(
                "all three", () -> erlang.eval("length(p:seen(" + name + "))").equals("3"));
    }

    @Test
    void aHandlerGetsItsMessagesOneAtATimeAndInOrder() {
        BlockingQueue<Integer> handled = new LinkedBlockingQueue<>();
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        String name = unique("handler");
        try (ErlangProcess handler = node.processes().register(name, (message, self) -> {
            threads.add(Thread.currentThread());
            int number = message.as(int.class);
            if (number == 500) {
                throw new IllegalStateException("on purpose");
            }
            handled.add(number);
        })) {
            erlang.eval("[{" + name + ", '" + node.name() + "'} ! N || N <- lists:seq(1, 1000)]");
            Await.until("all", () -> handled.size() == 999);
            assertThat(new ArrayList<>(handled)).isSorted().doesNotContain(500).hasSize(999);
            assertThat(threads).allMatch(Thread::isVirtual);
            assertThat(handler.isAlive()).isTrue();
        }
    }

    /// Errors too, such as a class that is missing: a process whose thread has died would take no message any more.
    @Test
    void whatAHandlerThrowsIsOneLineInTheLogAndItGoesOn() {
        String name = unique("handler");
        try (LogCapture log = LogCapture.begin();
                Mailbox mailbox = mailbox();
                ErlangProcess handler = node.processes().register(name, (message, self) -> {
                    switch (message.as(int.class)) {
                        case 1 -> throw new IllegalStateException("on purpose");
                        case 2 -> throw new NoClassDefFoundError("some/Missing");
                        default -> self.send(mailbox.self(), "alive");
                    }
                })) {
            for (int i = 1; i <= 3; i++) {
                mailbox.send(handler.self(), i);
            }
            assertThat(receive(mailbox).as(String.class)).isEqualTo("alive");
            assertThat(log.warnings("'" + name + "' failed on a message")).hasSize(2);
            assertThat(log.warnings(name)).hasSize(2);
        }
    }

    @Test
    void aHandlerSeesItsOwnClassesWhoeverSends() throws IOException {
        CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
        Thread sender = Thread.currentThread();
        ClassLoader before = sender.getContextClassLoader();
        try (URLClassLoader foreign = new URLClassLoader(new URL[0], before);
                Mailbox mailbox = mailbox();
                ErlangProcess handler = node.processes()
                        .register(
                                unique("handler"),
                                (message, self) ->
                                        seen.complete(Thread.currentThread().getContextClassLoader()))) {
            sender.setContextClassLoader(foreign);
            mailbox.send(handler.self(), 1);
            assertThat(Await.result("the message", seen)).isSameAs(MailboxIT.class.getClassLoader());
        } finally {
            sender.setContextClassLoader(before);
        }
    }

    @Test
    void aHandlerAnswersAndIsInterruptedByItsEnd() {
        String name = unique("handler");
        CompletableFuture<String> interrupted = new CompletableFuture<>();
        CountDownLatch working = new CountDownLatch(1);
        ErlangProcess handler = node.processes().register(name, (message, self) -> {
            if (message.term() instanceof Pid from) {
                self.send(from, List.of(self.self(), "answer"));
                return;
            }
            working.countDown();
            try {
                Thread.sleep(Duration.ofMinutes(5));
            } catch (InterruptedException e) {
                interrupted.complete("interrupted");
                throw e;
            }
        });
        assertThat(erlang.eval("{" + name + ", '" + node.name() + "'} ! self(), "
                        + "receive [P, <<\"answer\">>] -> P =:= " + text(handler.self()) + " after 20000 -> mute end"))
                .isEqualTo("true");
        erlang.eval("{" + name + ", '" + node.name() + "'} ! sleep");
        Await.until("the work", () -> working.getCount() == 0);
        erlang.eval("exit(" + text(handler.self()) + ", kill)");
        assertThat(Await.result("the interrupt", interrupted)).isEqualTo("interrupted");
        assertThat(handler.isAlive()).isFalse();
        node.processes().mailbox(name).close();
    }

    @Test
    void aFullMailboxDropsOrEndsAsItIsSet() throws Exception {
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
    void nothingCanBeDoneWithAProcessThatHasEnded() {
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
    void aMailboxThatNobodyHoldsLivesOn() {
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
    void nothingStartsAfterTheEndOfTheApplication() throws IOException {
        try (TestNode closing = TestNode.start(erlang.cookie())) {
            int before = closing.node().processes().count();
            OpenedNode application = closing.runtime().scope("application");
            application.mailbox();
            application.close();
            assertThatThrownBy(application::mailbox).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> application.mailbox("late")).hasMessageContaining("closed");
            assertThatThrownBy(() -> application.register("late", (_, _) -> {})).hasMessageContaining("closed");
            assertThat(closing.node().processes().count()).isEqualTo(before);
        }
    }

    @Test
    void theNumberOfMonitorsOnAPeerIsBounded() throws Exception {
        try (TestNode small =
                TestNode.start(erlang.cookie(), dev.pier.erlang.connection.ConnectionSettings.DEFAULT, 3)) {
            assertThat(small.peer(erlang).ping()).isTrue();
            Pid pid = start(unique("plain"), "plain");
            Mailbox mailbox = small.processes().mailbox(unique("java"));
            Reference first = mailbox.monitor(pid);
            mailbox.monitor(pid);
            mailbox.monitor(pid);
            assertThatThrownBy(() -> mailbox.monitor(pid)).isInstanceOf(Overloaded.class);
            mailbox.demonitor(first);
            mailbox.monitor(pid);
            mailbox.close();
            Await.until(
                    "none left",
                    () -> small.link(erlang).current().orElseThrow().holderCount() == 0);
        }
    }
}
