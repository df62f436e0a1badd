package dev.pier.erlang.plugin;

import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessSnapshot;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.served.CallLimiter;
import dev.pier.erlang.served.ServedStatus;
import dev.pier.erlang.term.Atom;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The processes of the node, and the functions that Erlang calls, for `/status`.
final class NodeActivity {
    /// A node may have hundreds of thousands of processes, and a status stays readable.
    private static final int MAX_ROWS = 100;

    private NodeActivity() {}

    /// @param messages as they were when the processes were counted: they change all the time
    private record Waiting(LocalProcess process, int messages) {
        static Waiting of(LocalProcess process) {
            return new Waiting(process, process.body().activity().messages());
        }
    }

    /// The number of processes, and as many of them as a status may have: those with the longest mailboxes
    /// before those with a name.
    static Map<String, Object> processes(NodeRuntime node) {
        ProcessTable table = node.local().processes();
        Collection<LocalProcess> all = table.all();
        Stream<LocalProcess> waiting = all.stream()
                .map(Waiting::of)
                .filter(it -> it.messages() > 0)
                .sorted(Comparator.comparingInt(Waiting::messages).reversed())
                .limit(MAX_ROWS / 2)
                .map(Waiting::process);
        Stream<LocalProcess> named = table.names().stream()
                .sorted(Comparator.comparing(Atom::name))
                .flatMap(name -> table.whereis(name).stream());
        Map<String, Object> processes = new LinkedHashMap<>();
        processes.put("count", all.size());
        processes.put(
                "rows",
                Stream.concat(waiting, named)
                        .distinct()
                        .limit(MAX_ROWS)
                        .map(NodeActivity::describe)
                        .toList());
        return processes;
    }

    private static Map<String, Object> describe(LocalProcess process) {
        ProcessSnapshot snapshot = process.snapshot();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", snapshot.names().stream().map(Atom::name).collect(Collectors.joining(", ")));
        row.put("pid", process.pid().toString());
        row.put(
                "kind",
                snapshot.activity().role().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        row.put("messages", snapshot.activity().messages());
        row.put("links", snapshot.links().size());
        row.put("monitors", snapshot.monitors().size());
        return row;
    }

    /// The calls that Erlang makes: how many run, and how many have ended by function.
    static Map<String, Object> served(NodeRuntime node) {
        CallLimiter limiter = node.callLimiter();
        Map<String, Object> served = new LinkedHashMap<>();
        served.put("running", limiter.running());
        served.put("max", limiter.max());
        served.put(
                "functions",
                node.servedFunctions().stream()
                        .limit(MAX_ROWS)
                        .map(NodeActivity::describe)
                        .toList());
        return served;
    }

    private static Map<String, Object> describe(ServedStatus function) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("function", function.function());
        row.put("ended", function.ended());
        row.put("failed", function.failed());
        return row;
    }
}
