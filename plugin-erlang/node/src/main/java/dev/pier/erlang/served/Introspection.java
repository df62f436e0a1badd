package dev.pier.erlang.served;

import dev.pier.erlang.ErlangFunction;
import dev.pier.erlang.Raised;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// The functions of OTP by which operators and tools look at a node: they read, and change nothing. Their results
/// have the shapes of OTP. A function that an application exposes under the same name has precedence.
///
/// Threads: those of the calls.
public final class Introspection {

    private final ProcessTable processes;
    private final Supplier<List<Atom>> connected;
    private final Duration netTickTime;
    private final SystemInfo system;

    /// @param connected the nodes that are connected now
    public Introspection(ProcessTable processes, Supplier<List<Atom>> connected, Duration netTickTime) {
        this.processes = processes;
        this.connected = connected;
        this.netTickTime = netTickTime;
        this.system = new SystemInfo(processes);
    }

    /// Lets Erlang call the functions.
    public void serve(ServedFunctions functions, ValueMapper mapper) {
        Registrar erlang = (name, arity, body) -> functions.provide("erlang", name, arity, body, mapper);
        erlang.add("node", 0, _ -> node());
        erlang.add("nodes", 0, _ -> nodes(Atom.of("visible")));
        erlang.add("nodes", 1, arguments -> nodes(arguments.term(0)));
        erlang.add("registered", 0, _ -> new ListTerm(List.copyOf(processes.names())));
        erlang.add("whereis", 1, arguments -> whereis(arguments.term(0)));
        erlang.add(
                "is_process_alive",
                1,
                arguments -> Atom.of(processes.find(ownPid(arguments.term(0))).isPresent()));
        erlang.add(
                "processes",
                0,
                _ -> new ListTerm(
                        processes.all().stream().<Term>map(LocalProcess::pid).toList()));
        erlang.add(
                "process_info",
                1,
                arguments -> processes
                        .find(ownPid(arguments.term(0)))
                        .map(process -> info(process).all())
                        .orElse(Atom.UNDEFINED));
        erlang.add(
                "process_info",
                2,
                arguments -> processes
                        .find(ownPid(arguments.term(0)))
                        .map(process -> info(process).of(arguments.term(1)))
                        .orElse(Atom.UNDEFINED));
        erlang.add("system_info", 1, arguments -> system.of(arguments.term(0)));
        erlang.add("memory", 0, _ -> system.memory());
        erlang.add("memory", 1, arguments -> system.memory(arguments.term(0)));
        functions.provide("net_kernel", "get_net_ticktime", 0, _ -> netTickTime.toSeconds(), mapper);
        functions.provide("observer_backend", "sys_info", 0, _ -> system.forObserver(), mapper);
    }

    private interface Registrar {
        void add(String function, int arity, ErlangFunction body);
    }

    private Atom node() {
        return processes.identifiers().node();
    }

    private ProcessInfo info(LocalProcess process) {
        return new ProcessInfo(process, processes.anonymousSender());
    }

    private Term whereis(Term name) {
        if (!(name instanceof Atom atom)) {
            throw Raised.error(Atoms.BADARG);
        }
        return processes.whereis(atom).<Term>map(LocalProcess::pid).orElse(Atom.UNDEFINED);
    }

    /// As in Erlang, only processes of this node are allowed.
    private Pid ownPid(Term term) {
        if (!(term instanceof Pid pid) || !processes.isLocal(pid.node())) {
            throw Raised.error(Atoms.BADARG);
        }
        return pid;
    }

    /// All connections of a hidden node are hidden ones. SPEC: erlang:nodes/1
    private Term nodes(Term wanted) {
        Set<Atom> nodes = new LinkedHashSet<>();
        List<Term> kinds = wanted instanceof ListTerm(List<Term> several) ? several : List.of(wanted);
        for (Term kind : kinds) {
            switch (kind instanceof Atom(String name) ? name : "") {
                case "hidden", "connected" -> nodes.addAll(connected.get());
                case "this" -> nodes.add(node());
                case "known" -> {
                    nodes.add(node());
                    nodes.addAll(connected.get());
                }
                case "visible" -> {
                    // None.
                }
                default -> throw Raised.error(Atoms.BADARG);
            }
        }
        return new ListTerm(new ArrayList<>(nodes));
    }
}
