package dev.pier.erlang.plugin;

import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.server.plugin.AdminOperation;
import dev.pier.server.plugin.CommandContext;
import dev.pier.server.plugin.OperationException;
import dev.pier.server.plugin.PluginCommand;
import dev.pier.server.plugin.PluginCommand.Option;
import dev.pier.server.plugin.PluginCommand.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The commands `bin/pier peers`, `ping` and `call`.
///
/// `ping` and `call` ask the running server, or with `--node` are a node of their own, for which no server needs to
/// run.
final class ErlangCommands {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final List<Option> OWN_NODE = List.of(
            new Option("--node", "NAME", "ask as a node of this name, such as tool@localhost, without a server"),
            new Option("--cookie-file", "FILE", "the cookie of this node; default: ~/.erlang.cookie"));

    /// The columns of `peers`, beside the names: what the status has for a node.
    private static final List<String> COLUMNS = List.of("state", "since", "calls", "queue", "lastProblem");

    private ErlangCommands() {}

    static List<PluginCommand> all() {
        return List.of(
                new PluginCommand(
                        "peers",
                        "Lists the Erlang peers of a running server: state, calls, latency, last problem.",
                        List.of(),
                        List.of(),
                        ErlangCommands::peers),
                new PluginCommand(
                        "ping",
                        "Pings an Erlang node; exits with 1 if it does not answer.",
                        List.of(new Parameter("NODE", "a node such as backend@localhost, or a peer of server.conf")),
                        OWN_NODE,
                        ErlangCommands::ping),
                new PluginCommand(
                        "call",
                        "Calls an Erlang function and prints the answer, as Erlang writes it or as JSON.",
                        List.of(
                                new Parameter("PEER", "a peer of server.conf, or a node such as backend@localhost"),
                                new Parameter("CALL", "such as 'lists:reverse([1,2,3])'; nothing is evaluated")),
                        List.of(
                                OWN_NODE.getFirst(),
                                OWN_NODE.getLast(),
                                new Option("--timeout", "SECONDS", "how long the call may take; default: 5")),
                        ErlangCommands::call));
    }

    private static int peers(CommandContext context) throws Exception {
        JsonNode peers = context.status().path("peers");
        if (peers.isMissingNode()) {
            throw new OperationException(404, "the server is no Erlang node: its server.conf has no erlang.node");
        }
        if (context.json()) {
            context.print(peers);
            return 0;
        }
        ArrayNode rows = JSON.createArrayNode();
        for (Map.Entry<String, JsonNode> peer : peers.properties()) {
            JsonNode nodes = peer.getValue().path("nodes");
            if (nodes.isMissingNode()) {
                addRow(rows, peer.getKey(), peer.getValue(), peer.getValue());
            } else {
                nodes.forEach(node -> addRow(rows, peer.getKey(), node, peer.getValue()));
            }
        }
        context.print(rows);
        return 0;
    }

    private static void addRow(ArrayNode rows, String name, JsonNode node, JsonNode peer) {
        ObjectNode row = rows.addObject().put("peer", name);
        row.set("node", node.path("node"));
        for (String column : COLUMNS) {
            if (node.has(column)) {
                row.set(column, node.path(column));
            }
        }
        JsonNode seen = peer.path("latency");
        seen.properties().forEach(it -> row.set(it.getKey(), it.getValue()));
    }

    private static int ping(CommandContext context) throws Exception {
        Map<String, String> arguments = Map.of("node", context.parameter("NODE"));
        JsonNode answer = run(context, "ping", arguments, NodeCalls::ping);
        boolean answered = answer.path("answer").asString().equals("pong");
        if (context.json()) {
            context.print(answer);
        } else {
            String problem = answer.path("problem").asString("");
            context.printLine(answer.path("answer").asString() + (problem.isEmpty() ? "" : ": " + problem));
        }
        return answered ? 0 : 1;
    }

    private static int call(CommandContext context) throws Exception {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("peer", context.parameter("PEER"));
        arguments.put("call", context.parameter("CALL"));
        context.option("--timeout").ifPresent(seconds -> arguments.put("timeout", seconds));
        JsonNode answer = run(context, "call", arguments, NodeCalls::call);
        if (!context.json()) {
            context.printLine(answer.path("term").asString());
        } else if (answer.has("json")) {
            context.print(answer.path("json"));
        } else {
            throw new OperationException(
                    422,
                    "the answer has no form in JSON: " + answer.path("term").asString());
        }
        return 0;
    }

    private interface Step {
        Map<String, Object> run(NodeCalls calls, Map<String, String> arguments) throws OperationException;
    }

    /// Runs a step on the server, or here as a node.
    private static JsonNode run(CommandContext context, String operation, Map<String, String> arguments, Step step)
            throws Exception {
        Optional<String> name = context.option("--node");
        if (name.isEmpty()) {
            if (context.option("--cookie-file").isPresent()) {
                throw new OperationException(400, "--cookie-file is for a node of its own, with --node");
            }
            return context.operation(operation, arguments);
        }
        try (NodeRuntime node = start(name.get(), context.option("--cookie-file"))) {
            return JSON.valueToTree(step.run(new NodeCalls(node), arguments));
        }
    }

    private static NodeRuntime start(String name, Optional<String> cookieFile) throws OperationException {
        Path cookie =
                cookieFile.map(Path::of).orElseGet(() -> Path.of(System.getProperty("user.home"), ".erlang.cookie"));
        try {
            return ErlangNodes.builder(name)
                    .cookieFile(cookie)
                    .epmd(epmd())
                    .withoutListening()
                    .start();
        } catch (IllegalArgumentException e) {
            throw new OperationException(400, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new OperationException(503, "the node cannot start: " + e.getMessage());
        }
    }

    /// The EPMD that Erlang's own tools would ask.
    private static EpmdSettings epmd() throws OperationException {
        String port = System.getenv("ERL_EPMD_PORT");
        try {
            return port == null ? EpmdSettings.DEFAULT : EpmdSettings.DEFAULT.withPort(Integer.parseInt(port));
        } catch (IllegalArgumentException _) {
            throw new OperationException(400, "ERL_EPMD_PORT is not a port: " + port);
        }
    }

    /// The operations of the same names, on the running server.
    static Map<String, AdminOperation> operations(NodeRuntime node) {
        NodeCalls calls = new NodeCalls(node);
        return Map.of("ping", calls::ping, "call", calls::call);
    }
}
