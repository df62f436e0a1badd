package dev.pier.erlang.conformance.control;

import static dev.pier.erlang.conformance.By.ERLANG;
import static dev.pier.erlang.conformance.By.PIER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.GenServer;
import dev.pier.erlang.Message;
import dev.pier.erlang.conformance.By;
import dev.pier.erlang.conformance.Scene;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import java.util.List;
import java.util.function.Consumer;

/// The control messages that current nodes send, for each direction between Pier and Erlang: the rule, and an exchange
/// that succeeds only if both sides follow it. [ControlMessagesIT] runs the exchanges, and looks for the message on the
/// wire.
public final class SignalTable {
    private static final Atom BYE = Atom.of("bye");
    private static final Atom NOPROC = Atom.of("noproc");

    /// The test that runs the table.
    public static final String SHOWN_BY = ControlMessagesIT.class.getSimpleName();

    private SignalTable() {}

    /// @param operation the number of the control message
    /// @param signal its name in the document
    /// @param by the sender
    /// @param says the rule, paraphrased
    /// @param exchange fails if the rule is not followed
    public record Case(int operation, String signal, By by, String says, Consumer<Scene> exchange) {
        @Override
        public String toString() {
            return operation + " " + signal + " by " + by + ": " + says;
        }
    }

    private static Case of(int operation, String signal, By by, String says, Consumer<Scene> exchange) {
        return new Case(operation, signal, by, says, exchange);
    }

    public static List<Case> cases() {
        return List.of(
                of(1, "LINK", ERLANG, "links two processes", s -> {
                    s.theirsTells("link(Ours)");
                    s.ours().end(BYE);
                    s.awaitTheirs("[{'EXIT', Ours, bye}]");
                }),
                of(1, "LINK", PIER, "links two processes", s -> {
                    s.ours().link(s.theirs());
                    s.ours().send(s.theirs(), Tuple.of(Atom.of("stop"), BYE));
                    assertThat(s.receiveExit()).isEqualTo(new Message.Exit(s.theirs(), BYE));
                }),
                of(2, "SEND", ERLANG, "a message that was encoded before the connection was up", s -> {
                    s.disconnect();
                    s.erl("Ours ! early");
                    assertThat(s.receive().term()).isEqualTo(Atom.of("early"));
                }),
                of(3, "EXIT", ERLANG, "a process link that breaks before the connection is up", s -> {
                    s.disconnect();
                    s.erl("spawn(fun() -> link(Ours), exit(early) end)");
                    assertThat(s.receiveExit().reason()).isEqualTo(Atom.of("early"));
                }),
                of(6, "REG_SEND", ERLANG, "delivers a message to a registered name", s -> {
                    s.erl("Name ! {to, name}");
                    assertThat(s.receive().term()).isEqualTo(Tuple.of(Atom.of("to"), Atom.of("name")));
                }),
                of(6, "REG_SEND", PIER, "delivers a message to a registered name", s -> {
                    s.ours().send(s.theirName(), s.erlang().nodeName(), Atom.of("hello"));
                    s.awaitTheirs("[hello]");
                }),
                of(7, "GROUP_LEADER", ERLANG, "sets a group leader, which Pier's processes ignore", s -> {
                    s.erl("group_leader(self(), Ours), Ours ! after_it");
                    assertThat(s.receive().term()).isEqualTo(Atom.of("after_it"));
                }),
                of(8, "EXIT2", ERLANG, "exit/2 before the connection is up", s -> {
                    s.disconnect();
                    s.erl("exit(Ours, early)");
                    assertThat(s.receiveExit().reason()).isEqualTo(Atom.of("early"));
                }),
                of(12, "SEND_TT", ERLANG, "SEND with a trace token", s -> {
                    s.disconnect();
                    s.erl("conform:traced(fun() -> Ours ! early end)");
                    assertThat(s.receive().term()).isEqualTo(Atom.of("early"));
                }),
                of(13, "EXIT_TT", ERLANG, "EXIT with a trace token", s -> {
                    s.disconnect();
                    s.erl("spawn(fun() -> link(Ours), seq_trace:set_token(label, 17), exit(early) end)");
                    assertThat(s.receiveExit().reason()).isEqualTo(Atom.of("early"));
                }),
                of(16, "REG_SEND_TT", ERLANG, "REG_SEND with a trace token", s -> {
                    s.erl("conform:traced(fun() -> Name ! traced end)");
                    assertThat(s.receive().term()).isEqualTo(Atom.of("traced"));
                }),
                of(19, "MONITOR_P", ERLANG, "monitors a pid", s -> {
                    s.theirsTells("put(m, monitor(process, Ours))");
                    s.ours().end(BYE);
                    s.awaitTheirs("[{'DOWN', conform:do(Theirs, fun() -> get(m) end), process, Ours, bye}]");
                }),
                of(19, "MONITOR_P", ERLANG, "monitors a registered name", s -> {
                    s.theirsTells("put(m, monitor(process, Name))");
                    s.ours().end(BYE);
                    s.awaitTheirs("[{'DOWN', conform:do(Theirs, fun() -> get(m) end), process, Name, bye}]");
                }),
                of(19, "MONITOR_P", PIER, "monitors a pid", s -> {
                    Reference monitor = s.ours().monitor(s.theirs());
                    s.ours().send(s.theirs(), Tuple.of(Atom.of("stop"), BYE));
                    assertThat(s.receiveDown()).isEqualTo(new Message.Down(monitor, s.theirs(), BYE));
                }),
                of(19, "MONITOR_P", PIER, "monitors a registered name", s -> {
                    Reference monitor =
                            s.ours().monitor(s.theirName(), s.erlang().nodeName());
                    s.ours().send(s.theirs(), Tuple.of(Atom.of("stop"), BYE));
                    Term object =
                            Tuple.of(Atom.of(s.theirName()), Atom.of(s.erlang().nodeName()));
                    assertThat(s.receiveDown()).isEqualTo(new Message.Down(monitor, object, BYE));
                }),
                of(20, "DEMONITOR_P", ERLANG, "removes a monitor", s -> {
                    s.theirsDoes("demonitor(monitor(process, Ours))");
                    s.theirsTells("monitor(process, Ours), demonitor(monitor(process, Name))");
                    s.ours().end(BYE);
                    Await.until(
                            "the one DOWN",
                            () -> s.erl("[{element(1, M), element(4, M) =:= Ours} || M <- conform:seen(Theirs)]")
                                    .equals("[{'DOWN',true}]"));
                }),
                of(20, "DEMONITOR_P", PIER, "removes a monitor", s -> {
                    s.ours().demonitor(s.ours().monitor(s.theirs()));
                    Reference kept = s.ours().monitor(s.theirs());
                    s.ours().send(s.theirs(), Tuple.of(Atom.of("stop"), BYE));
                    assertThat(s.receiveDown().monitor()).isEqualTo(kept);
                    assertThat(s.ours().size()).isZero();
                }),
                of(22, "SEND_SENDER", ERLANG, "replaces SEND where both nodes have DFLAG_SEND_SENDER", s -> {
                    s.erl("Ours ! hello");
                    assertThat(s.receive().term()).isEqualTo(Atom.of("hello"));
                }),
                of(22, "SEND_SENDER", PIER, "replaces SEND where both nodes have DFLAG_SEND_SENDER", s -> {
                    s.ours().send(s.theirs(), Atom.of("hello"));
                    s.awaitTheirs("[hello]");
                }),
                of(23, "SEND_SENDER_TT", ERLANG, "replaces SEND_TT", s -> {
                    s.erl("conform:traced(fun() -> Ours ! traced end)");
                    assertThat(s.receive().term()).isEqualTo(Atom.of("traced"));
                }),
                of(24, "PAYLOAD_EXIT", ERLANG, "replaces EXIT where both nodes have DFLAG_EXIT_PAYLOAD", s -> {
                    s.theirsTells("link(Ours)");
                    s.erl("Theirs ! {stop, {because, \"of\", this}}");
                    assertThat(s.receiveExit())
                            .isEqualTo(new Message.Exit(s.theirs(), Term.parse("{because,\"of\",this}")));
                }),
                of(24, "PAYLOAD_EXIT", PIER, "replaces EXIT where both nodes have DFLAG_EXIT_PAYLOAD", s -> {
                    s.ours().link(s.theirs());
                    s.ours().end(Term.parse("{because,\"of\",this}"));
                    s.awaitTheirs("[{'EXIT', Ours, {because, \"of\", this}}]");
                }),
                of(24, "PAYLOAD_EXIT", ERLANG, "a process link to a missing process gives noproc", s -> {
                    Pid gone = s.theirs();
                    s.erl("exit(Theirs, kill), M = monitor(process, Theirs), receive {'DOWN', M, _, _, _} -> ok end");
                    s.ours().link(gone);
                    assertThat(s.receiveExit()).isEqualTo(new Message.Exit(gone, NOPROC));
                }),
                of(24, "PAYLOAD_EXIT", PIER, "a process link to a missing process gives noproc", s -> {
                    s.ours().close();
                    s.theirsDoes("link(Ours)");
                    s.awaitTheirs("[{'EXIT', Ours, noproc}]");
                }),
                of(25, "PAYLOAD_EXIT_TT", ERLANG, "replaces EXIT_TT", s -> {
                    s.erl("spawn(fun() -> link(Ours), seq_trace:set_token(label, 17), exit(traced) end)");
                    assertThat(s.receiveExit().reason()).isEqualTo(Atom.of("traced"));
                }),
                of(26, "PAYLOAD_EXIT2", ERLANG, "replaces EXIT2", s -> {
                    s.erl("exit(Ours, bye)");
                    assertThat(s.receiveExit().reason()).isEqualTo(BYE);
                }),
                of(26, "PAYLOAD_EXIT2", ERLANG, "the reason kill also ends a process that traps exits", s -> {
                    s.theirsDoes("put(m, monitor(process, Ours)), exit(Ours, kill)");
                    s.awaitTheirs("[{'DOWN', conform:do(Theirs, fun() -> get(m) end), process, Ours, killed}]");
                    assertThat(s.ours().isAlive()).isFalse();
                }),
                of(26, "PAYLOAD_EXIT2", PIER, "replaces EXIT2", s -> {
                    s.ours().exit(s.theirs(), BYE);
                    s.awaitTheirs("[{'EXIT', Ours, bye}]");
                }),
                of(28, "PAYLOAD_MONITOR_P_EXIT", ERLANG, "replaces MONITOR_P_EXIT", s -> {
                    s.ours().monitor(s.theirs());
                    s.ours().send(s.theirs(), Term.parse("{stop,{a,reason}}"));
                    assertThat(s.receiveDown().reason()).isEqualTo(Term.parse("{a,reason}"));
                }),
                of(28, "PAYLOAD_MONITOR_P_EXIT", PIER, "replaces MONITOR_P_EXIT", s -> {
                    s.theirsTells("put(m, monitor(process, Ours))");
                    s.ours().end(Term.parse("{a,reason}"));
                    s.awaitTheirs("[{'DOWN', conform:do(Theirs, fun() -> get(m) end), process, Ours, {a, reason}}]");
                }),
                of(
                        28,
                        "PAYLOAD_MONITOR_P_EXIT",
                        ERLANG,
                        "a monitor of a missing process gives noproc, by pid and by name",
                        s -> {
                            s.ours().monitor("nobody_is_called_so", s.erlang().nodeName());
                            assertThat(s.receiveDown().reason()).isEqualTo(NOPROC);
                            Pid live = s.theirs();
                            Pid ofEarlierNode = new Pid(live.node(), live.id(), live.serial(), live.creation() - 1);
                            s.ours().monitor(ofEarlierNode);
                            assertThat(s.receiveDown().reason()).isEqualTo(NOPROC);
                        }),
                of(
                        28,
                        "PAYLOAD_MONITOR_P_EXIT",
                        PIER,
                        "a monitor of a missing process gives noproc, by pid and by name",
                        s -> {
                            s.ours().close();
                            s.theirsDoes("put(a, monitor(process, Ours)), put(b, monitor(process, Name))");
                            s.awaitTheirs("[{'DOWN', conform:do(Theirs, fun() -> get(a) end), process, Ours, noproc},"
                                    + " {'DOWN', conform:do(Theirs, fun() -> get(b) end), process, Name, noproc}]");
                        }),
                of(
                        29,
                        "SPAWN_REQUEST",
                        ERLANG,
                        "spawns a process that calls a function",
                        s -> assertThat(s.erl("erpc:call(Us, java, echo, [{an, \"argument\"}])"))
                                .isEqualTo("{an,\"argument\"}")),
                of(
                        29,
                        "SPAWN_REQUEST",
                        PIER,
                        "spawns a process that calls a function",
                        s -> assertThat(s.peer()
                                        .call("lists", "reverse", List.of(1, 2))
                                        .term())
                                .isEqualTo(Term.parse("[2,1]"))),
                of(
                        30,
                        "SPAWN_REQUEST_TT",
                        ERLANG,
                        "SPAWN_REQUEST with a trace token",
                        s -> assertThat(s.erl("conform:traced(fun() -> erpc:call(Us, java, echo, [1]) end)"))
                                .isEqualTo("1")),
                of(
                        31,
                        "SPAWN_REPLY",
                        ERLANG,
                        "returns the pid and confirms the monitor",
                        s -> assertThat(s.peer()
                                        .call("erlang", "is_pid", s.theirs())
                                        .term())
                                .isEqualTo(Atom.of("true"))),
                of(31, "SPAWN_REPLY", PIER, "returns the pid and confirms the monitor", s -> {
                    s.theirsDoes("put(s, spawn_monitor(Us, java, echo, [1]))");
                    s.awaitTheirs("[begin {P, M} = conform:do(Theirs, fun() -> get(s) end),"
                            + " {'DOWN', M, process, P, normal} end]");
                }),
                of(31, "SPAWN_REPLY", PIER, "confirms the process link", s -> {
                    s.theirsDoes("put(s, spawn_link(Us, java, echo, [1]))");
                    s.awaitTheirs("[{'EXIT', conform:do(Theirs, fun() -> get(s) end), normal}]");
                }),
                of(
                        31,
                        "SPAWN_REPLY",
                        PIER,
                        "returns an atom as the reason of a failure",
                        s -> assertThat(s.erl("R = spawn_request(Us, java, echo, [1], [{no_such_option, 1}]),"
                                        + " receive {spawn_reply, R, error, Why} -> Why end"))
                                .isEqualTo("badopt")),
                of(
                        33,
                        "ALIAS_SEND",
                        ERLANG,
                        "delivers a message to an alias",
                        s -> assertThat(s.peer()
                                        .server(s.theirName())
                                        .call(Atom.of("echoed"))
                                        .term())
                                .isEqualTo(Atom.of("echoed"))),
                of(33, "ALIAS_SEND", PIER, "delivers a message to an alias", s -> {
                    String name = s.ourName() + "_server";
                    s.node().processes().register(name, new EchoServer());
                    assertThat(s.erl("gen_server:call({" + name + ", Us}, hello)"))
                            .isEqualTo("hello");
                }),
                of(
                        34,
                        "ALIAS_SEND_TT",
                        ERLANG,
                        "ALIAS_SEND with a trace token",
                        s -> assertThat(s.peer()
                                        .server(s.theirName())
                                        .call(Tuple.of(Atom.of("traced"), Atom.of("echoed")))
                                        .term())
                                .isEqualTo(Atom.of("echoed"))),
                of(35, "UNLINK_ID", ERLANG, "removes a process link", s -> {
                    s.theirsTells("link(Ours), unlink(Ours), monitor(process, Ours)");
                    s.ours().end(BYE);
                    Await.until(
                            "a DOWN and no EXIT",
                            () -> s.erl("[element(1, M) || M <- conform:seen(Theirs)]")
                                    .equals("['DOWN']"));
                }),
                of(35, "UNLINK_ID", PIER, "removes a process link", s -> {
                    s.ours().link(s.theirs());
                    s.ours().unlink(s.theirs());
                    Reference monitor = s.ours().monitor(s.theirs());
                    s.ours().send(s.theirs(), Tuple.of(Atom.of("stop"), BYE));
                    assertThat(s.receiveDown()).isEqualTo(new Message.Down(monitor, s.theirs(), BYE));
                    assertThat(s.ours().size()).isZero();
                }),
                of(36, "UNLINK_ID_ACK", PIER, "acknowledges an UNLINK_ID", s -> {
                    s.theirsTells("link(Ours), unlink(Ours), link(Ours)");
                    s.ours().end(BYE);
                    s.awaitTheirs("[{'EXIT', Ours, bye}]");
                }),
                of(36, "UNLINK_ID_ACK", ERLANG, "acknowledges an UNLINK_ID", s -> {
                    s.ours().link(s.theirs());
                    s.ours().unlink(s.theirs());
                    s.ours().link(s.theirs());
                    s.ours().send(s.theirs(), Tuple.of(Atom.of("stop"), BYE));
                    assertThat(s.receiveExit()).isEqualTo(new Message.Exit(s.theirs(), BYE));
                }));
    }

    private static final class EchoServer implements GenServer {
        @Override
        public void handleCall(Message request, From from) {
            from.reply(request.term());
        }

        @Override
        public void handleCast(Message request) {
            // The test sends calls only.
        }
    }
}
