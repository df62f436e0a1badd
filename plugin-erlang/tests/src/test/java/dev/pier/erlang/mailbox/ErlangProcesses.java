package dev.pier.erlang.mailbox;

import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;

/// Processes on a real node that act on request, by the module `p`.
record ErlangProcesses(ErlangPeer erlang, Peer peer) {
    private static final String MODULE = """
            -module(p).
            -compile(export_all).
            -compile(nowarn_export_all).
            %% A process that evaluates funs on request, and reports all other messages.
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
            """;

    static ErlangProcesses on(ErlangPeer erlang, TestNode node) {
        erlang.compile(MODULE);
        return new ErlangProcesses(erlang, node.peer(erlang));
    }

    /// Starts a process that traps exits (`start`), or one that does not (`plain`), and registers it.
    Pid start(String name, String function) {
        return (Pid)
                peer.call("p", "keep", Atom.of(name), peer.call("p", function).term())
                        .term();
    }

    /// The messages that the process has got, as Erlang prints them.
    String seen(String name) {
        return erlang.eval("p:seen(" + name + ")");
    }

    /// An Erlang expression for a pid of another node.
    static String text(Pid pid) {
        return "binary_to_term(<<131,88,119," + pid.node().name().length() + ",\""
                + pid.node().name() + "\","
                + (pid.id() & 0xffffffffL) + ":32," + (pid.serial() & 0xffffffffL) + ":32,"
                + (pid.creation() & 0xffffffffL) + ":32>>)";
    }
}
