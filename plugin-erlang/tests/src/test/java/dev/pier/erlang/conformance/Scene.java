package dev.pier.erlang.conformance;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.Peer;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.WireTap;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;

/// A node of Pier and a real Erlang node, a tap between them, and on each side a process that is new for each case.
///
/// Erlang expressions have the two pids as `Ours` and `Theirs`, `{RegisteredName, PierNode}` as `Name`, and the name of
/// the Pier node as `Us`.
///
/// Threads: that of the test.
public final class Scene implements AutoCloseable {
    private static final String MODULE = """
            -module(conform).
            -compile([export_all, nowarn_export_all]).
            %% A process that evaluates funs on request, and keeps all other messages.
            start(Name) -> register(Name, P = spawn(fun() -> process_flag(trap_exit, true), loop([]) end)), P.
            loop(Seen) ->
                receive
                    {do, From, Fun} -> From ! {self(), Fun()}, loop(Seen);
                    {seen, From} -> From ! {self(), lists:reverse(Seen)}, loop(Seen);
                    {stop, Reason} -> exit(Reason);
                    {'$gen_call', From, {traced, X}} -> traced(fun() -> gen:reply(From, X) end), loop(Seen);
                    {'$gen_call', From, X} -> gen:reply(From, X), loop(Seen);
                    Other -> loop([Other | Seen])
                end.
            do(P, Fun) -> P ! {do, self(), Fun}, receive {P, R} -> R after 20000 -> error(mute) end.
            seen(P) -> P ! {seen, self()}, receive {P, R} -> R after 20000 -> error(mute) end.
            links(P) -> element(2, process_info(P, links)).
            %% Evaluates with a token of sequential tracing, which the signals then carry.
            traced(Fun) -> seq_trace:set_token(label, 17), try Fun() after seq_trace:set_token([]) end.
            """;

    private final ErlangPeer erlang;
    private final WireTap tap = new WireTap();
    private final TestNode node;

    private String theirName = "";
    private String ourName = "";
    private Mailbox ours;
    private Pid theirs;

    public Scene(ErlangPeer erlang) throws IOException {
        this.erlang = erlang;
        erlang.compile(MODULE);
        node = TestNode.start(erlang.cookie(), tap);
        node.runtime().expose("java", "echo", 1, arguments -> arguments.term(0));
        theirs = startTheirs();
        ours = startOurs();
    }

    private Pid startTheirs() {
        theirName = TestHost.uniqueName("theirs");
        return (Pid) peer().call("conform", "start", Atom.of(theirName)).term();
    }

    private Mailbox startOurs() {
        ourName = TestHost.uniqueName("ours");
        Mailbox mailbox = node.processes().mailbox(ourName);
        mailbox.trapExit(true);
        return mailbox;
    }

    /// Prepares a case: connected, with new processes, and no frames recorded.
    public void begin() {
        ours.close();
        theirs = startTheirs();
        ours = startOurs();
        tap.clear();
    }

    public TestNode node() {
        return node;
    }

    public ErlangPeer erlang() {
        return erlang;
    }

    public WireTap tap() {
        return tap;
    }

    public Peer peer() {
        return node.peer(link());
    }

    /// Not a persistent link: a lost connection is opened again by the first send of either side.
    private PeerLink link() {
        return node.node().link(NodeName.parse(erlang.nodeName()));
    }

    public Mailbox ours() {
        return ours;
    }

    public Pid theirs() {
        return theirs;
    }

    public String ourName() {
        return ourName;
    }

    public String theirName() {
        return theirName;
    }

    /// Evaluates in a new process of the Erlang node.
    public String erl(String expressions) {
        return erlang.eval(bindings() + expressions);
    }

    public Term erlTerm(String expressions) {
        return Term.parse(erl(expressions));
    }

    private String bindings() {
        String pid = hex(ours.self());
        return "Us = '" + node.name() + "', Ours = binary_to_term(<<131,16#" + pid + ":" + pid.length() * 4
                + ">>), Theirs = whereis(" + theirName + "), Name = {" + ourName + ", Us}, "
                + "_ = {Us, Ours, Theirs, Name}, ";
    }

    private static String hex(Pid pid) {
        EtfOutput out = new EtfOutput(64);
        TermEncoder.encodePid(pid, out);
        return HexFormat.of().formatHex(out.toByteArray());
    }

    /// Evaluates in the process `Theirs`.
    public String theirsDoes(String expressions) {
        return erl("conform:do(Theirs, fun() -> " + expressions + " end)");
    }

    /// Evaluates in the process `Theirs`, and returns when its signals have arrived at Pier.
    public void theirsTells(String expressions) {
        theirsDoes(expressions + ", Ours ! told");
        Term message = receive().term();
        if (!message.equals(Atom.of("told"))) {
            throw new AssertionError("another message arrived first: " + message);
        }
    }

    /// Waits until `Theirs` has exactly these messages.
    public void awaitTheirs(String messages) {
        Await.until(
                "the messages " + messages + " at their process",
                () -> erl(messages + " =:= conform:seen(Theirs)").equals("true"));
    }

    /// The next message to the process of Pier.
    public Message receive() {
        return ours.receive(Await.PATIENCE).orElseThrow(() -> new AssertionError("no message arrived"));
    }

    public Message.Exit receiveExit() {
        Message message = receive();
        return message.exit().orElseThrow(() -> new AssertionError("no exit signal, but " + message.term()));
    }

    public Message.Down receiveDown() {
        Message message = receive();
        return message.down().orElseThrow(() -> new AssertionError("no DOWN, but " + message.term()));
    }

    /// Lets Erlang end the connection; the next send of either side opens another.
    public void disconnect() {
        erl("erlang:disconnect_node(Us)");
        Await.until("the end of the connection", () -> link().current().isEmpty());
    }

    /// The frames that side has sent since [#begin].
    public List<WireTap.Frame> framesBy(By side) {
        return tap.frames().stream()
                .filter(frame -> frame.sentBy(node.port()) == (side == By.PIER))
                .toList();
    }

    @Override
    public void close() {
        node.close();
        tap.close();
    }
}
