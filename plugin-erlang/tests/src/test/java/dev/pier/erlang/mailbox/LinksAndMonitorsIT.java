package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Links, monitors and exit signals between mailboxes and processes of a real node.
class LinksAndMonitorsIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Atom KILL = Atom.of("kill");

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
    void monitorsByPidAndByNameFire() {
        String name = unique("mortal");
        Pid mortal = processes.start(name, "start");
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
    void aMonitorOfAMissingProcessFiresAtOnce() {
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
    void anEndedMonitorDoesNotFire() {
        String name = unique("mortal");
        Pid mortal = processes.start(name, "start");
        try (Mailbox mailbox = mailbox()) {
            Reference early = mailbox.monitor(mortal);
            Reference late = mailbox.monitor(mortal);
            Reference kept = mailbox.monitor(mortal);
            mailbox.demonitor(early);
            mailbox.send(mortal, Tuple.of(Atom.of("stop"), Atom.of("tired")));
            // Signals of one process arrive in order: with the last, all have arrived.
            Await.until("both", () -> mailbox.size() == 2);
            mailbox.demonitor(late);
            assertThat(receive(mailbox).down().orElseThrow().monitor()).isEqualTo(kept);
            assertThat(mailbox.size()).isZero();
        }
    }

    @Test
    void erlangMonitorsByPidAndByName() {
        String watcher = unique("watcher");
        processes.start(watcher, "start");
        String name = unique("java");
        Mailbox mailbox = node.processes().mailbox(name);
        erlang.eval("p:do(" + watcher + ", fun() -> monitor(process, " + ErlangProcesses.text(mailbox.self())
                + "), monitor(process, {" + name + ", '" + node.name() + "'}), X = monitor(process, "
                + ErlangProcesses.text(mailbox.self()) + "), demonitor(X) end)");
        // A call over the same connection, after the monitors.
        node.peer(erlang).ping();
        mailbox.end(Atom.of("tired"));
        Await.until("both", () -> erlang.eval("length(p:seen(" + watcher + "))").equals("2"));
        assertThat(erlang.eval("lists:sort([{is_pid(Object), Reason} || {'DOWN', _, process, Object, Reason} <- p:seen("
                        + watcher + ")])"))
                .isEqualTo("[{false,tired},{true,tired}]");
    }

    @Test
    @Says(in = Section.LINKS, value = "A process link passes the exit signal of one process to the other.")
    void aLinkEndsBothSides() {
        try (Mailbox trapping = mailbox()) {
            Pid plain = processes.start(unique("plain"), "plain");
            trapping.trapExit(true);
            trapping.link(plain);
            trapping.send(plain, Tuple.of(Atom.of("stop"), Tuple.of(Atom.of("because"), IntegerTerm.of(1))));
            Message message = receive(trapping);
            assertThat(message.exit()).contains(new Message.Exit(plain, Term.parse("{because,1}")));
            assertThat(message.term()).isEqualTo(Tuple.of(Atom.of("EXIT"), plain, Term.parse("{because,1}")));
        }
        Mailbox untrapping = mailbox();
        Pid second = processes.start(unique("plain"), "plain");
        untrapping.link(second);
        untrapping.send(second, Tuple.of(Atom.of("stop"), Atom.of("because")));
        assertThatThrownBy(() -> untrapping.receive(PATIENCE))
                .isInstanceOfSatisfying(
                        ProcessEnded.class, e -> assertThat(e.reason()).isEqualTo(Atom.of("because")));

        String name = unique("trapper");
        Pid trapper = processes.start(name, "start");
        Mailbox ending = mailbox();
        ending.link(trapper);
        ending.send(trapper, "linked");
        Await.until("the message", () -> processes.seen(name).contains("linked"));
        ending.close();
        Await.until("the exit", () -> processes.seen(name).contains("'EXIT'"));
        assertThat(erlang.eval("[R || {'EXIT', _, R} <- p:seen(" + name + ")]")).isEqualTo("[normal]");
    }

    @Test
    void aLinkWithAMissingProcessGivesAnExitSignal() {
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
        processes.start(name, "start");
        erlang.eval("p:do(" + name + ", fun() -> link(" + ErlangProcesses.text(gone) + ") end)");
        Await.until(
                "the exit",
                () -> erlang.eval("[R || {'EXIT', _, R} <- p:seen(" + name + ")]")
                        .equals("[noproc]"));
    }

    @Test
    @Says(in = Section.LINKS, value = "After an unlink, neither process has the process link.")
    void anUnlinkEndsTheLinkOnBothSides() {
        String name = unique("trapper");
        Pid trapper = processes.start(name, "start");
        Mailbox mailbox = mailbox();
        for (int i = 0; i < 100; i++) {
            mailbox.link(trapper);
            mailbox.unlink(trapper);
        }
        mailbox.send(trapper, "all sent");
        Await.until("the message", () -> processes.seen(name).contains("all sent"));
        assertThat(erlang.eval("p:links(whereis(" + name + "))")).isEqualTo("[]");
        mailbox.link(trapper);
        mailbox.send(trapper, "linked");
        Await.until("the message", () -> processes.seen(name).contains("\"linked\""));
        assertThat(erlang.eval("length(p:links(whereis(" + name + ")))")).isEqualTo("1");

        erlang.eval("p:do(" + name + ", fun() -> unlink(" + ErlangProcesses.text(mailbox.self()) + ") end)");
        node.peer(erlang).ping();
        mailbox.end(Atom.of("unheard"));
        node.peer(erlang).ping();
        assertThat(processes.seen(name)).doesNotContain("unheard");
    }

    @Test
    void exitSignalsActAsInErlang() {
        try (Mailbox mailbox = mailbox()) {
            erlang.eval("exit(" + ErlangProcesses.text(mailbox.self()) + ", normal)");
            erlang.eval(ErlangProcesses.text(mailbox.self()) + " ! still_here");
            assertThat(receive(mailbox).term()).isEqualTo(Atom.of("still_here"));

            Pid linked = processes.start(unique("plain"), "plain");
            mailbox.monitor(linked);
            mailbox.link(linked);
            mailbox.send(linked, Term.parse("{stop,normal}"));
            assertThat(receive(mailbox).down().orElseThrow().reason()).isEqualTo(Atom.of("normal"));
            erlang.eval(ErlangProcesses.text(mailbox.self()) + " ! still_here");
            assertThat(receive(mailbox).term()).isEqualTo(Atom.of("still_here"));

            mailbox.trapExit(true);
            erlang.eval("exit(" + ErlangProcesses.text(mailbox.self()) + ", {please, go})");
            assertThat(receive(mailbox).exit().orElseThrow().reason()).isEqualTo(Term.parse("{please,go}"));

            erlang.eval("exit(" + ErlangProcesses.text(mailbox.self()) + ", kill)");
            ProcessEnded ended = catchThrowableOfType(ProcessEnded.class, () -> mailbox.receive(PATIENCE));
            assertThat(ended.reason()).isEqualTo(Atom.of("killed"));
            assertThat(mailbox.isAlive()).isFalse();
        }
        Pid plain = processes.start(unique("plain"), "plain");
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
    void processesOfOneNodeLinkAndMonitorEachOther() {
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
    void aLostNodeEndsLinksAndMonitors() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start();
                Mailbox mailbox = mailbox()) {
            assertThat(node.peer(mortal).ping()).isTrue();
            mailbox.trapExit(true);
            Pid remote = (Pid)
                    node.peer(mortal).call("erlang", "whereis", Atom.of("user")).term();
            Reference monitor = mailbox.monitor(remote);
            mailbox.link(remote);
            mortal.eval("spawn(fun() -> link(" + ErlangProcesses.text(mailbox.self()) + "), "
                    + ErlangProcesses.text(mailbox.self()) + " ! linked, receive after infinity -> ok end end)");
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
    void erlangSeesAStoppedNodeAtOnce() throws Exception {
        String name = unique("watcher");
        processes.start(name, "start");
        try (TestNode mortal = TestNode.start(erlang.cookie())) {
            Mailbox mailbox = mortal.processes().mailbox(unique("java"));
            assertThat(mortal.peer(erlang).ping()).isTrue();
            erlang.eval("p:do(" + name + ", fun() -> monitor(process, " + ErlangProcesses.text(mailbox.self())
                    + "), link(" + ErlangProcesses.text(mailbox.self()) + "), monitor_node('" + mortal.name()
                    + "', true) end)");
            mortal.peer(erlang).ping();
        }
        Await.until(
                "all three", () -> erlang.eval("length(p:seen(" + name + "))").equals("3"));
    }

    @Test
    void theNumberOfMonitorsOnAPeerIsBounded() throws Exception {
        try (TestNode small = TestNode.start(erlang.cookie(), ConnectionSettings.DEFAULT, 3)) {
            assertThat(small.peer(erlang).ping()).isTrue();
            Pid pid = processes.start(unique("plain"), "plain");
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
                    () -> small.link(erlang)
                                    .current()
                                    .orElseThrow()
                                    .pendingReplies()
                                    .count()
                            == 0);
        }
    }
}
