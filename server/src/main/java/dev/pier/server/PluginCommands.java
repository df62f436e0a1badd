package dev.pier.server;

import dev.pier.server.cli.AdminClient;
import dev.pier.server.cli.AdminException;
import dev.pier.server.cli.Outline;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.plugin.CommandContext;
import dev.pier.server.plugin.PluginCommand;
import dev.pier.server.plugin.ServerPlugin;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import tools.jackson.databind.JsonNode;

/// Adds the commands of plugins to the command line.
final class PluginCommands {
    private PluginCommands() {}

    static void addTo(CommandLine line, List<ServerPlugin> plugins) {
        for (ServerPlugin plugin : plugins) {
            for (PluginCommand command : plugin.commands()) {
                line.addSubcommand(command.name(), spec(plugin.name(), command));
            }
        }
    }

    private static CommandSpec spec(String plugin, PluginCommand command) {
        Run run = new Run(plugin, command.action());
        CommandSpec spec = CommandSpec.wrapWithoutInspection(run);
        spec.usageMessage().description(command.description());
        spec.addMixin("server", CommandSpec.forAnnotatedObject(run.options));
        int index = 0;
        for (PluginCommand.Parameter parameter : command.parameters()) {
            PositionalParamSpec position = PositionalParamSpec.builder()
                    .index(String.valueOf(index++))
                    .paramLabel(parameter.name())
                    .description(parameter.description())
                    .required(true)
                    .type(String.class)
                    .build();
            run.parameters.put(parameter.name(), position);
            spec.addPositional(position);
        }
        for (PluginCommand.Option option : command.options()) {
            OptionSpec its = OptionSpec.builder(option.name())
                    .paramLabel(option.label())
                    .description(option.description())
                    .type(String.class)
                    .build();
            run.given.put(option.name(), its);
            spec.addOption(its);
        }
        run.spec = spec;
        run.options.belongsTo(spec);
        return spec;
    }

    private static final class Run implements Callable<Integer>, CommandContext {
        private final String plugin;
        private final PluginCommand.Action action;
        private final OperatorCommands.Options options = new OperatorCommands.Options();
        private final Map<String, PositionalParamSpec> parameters = new HashMap<>();
        private final Map<String, OptionSpec> given = new HashMap<>();
        private @Nullable CommandSpec spec;

        Run(String plugin, PluginCommand.Action action) {
            this.plugin = plugin;
            this.action = action;
        }

        @Override
        public Integer call() throws Exception {
            return action.run(this);
        }

        @Override
        public String parameter(String name) {
            String value = Objects.requireNonNull(parameters.get(name)).getValue();
            return Objects.requireNonNull(value);
        }

        @Override
        public Optional<String> option(String name) {
            @Nullable String value = Objects.requireNonNull(given.get(name)).getValue();
            return Optional.ofNullable(value);
        }

        @Override
        public boolean json() {
            return options.json();
        }

        @Override
        public JsonNode status() throws ConfigurationException, AdminException {
            return options.client().get("/status").body().path("plugins").path(plugin);
        }

        @Override
        public JsonNode operation(String name, Map<String, String> arguments)
                throws ConfigurationException, AdminException {
            return options.operate("POST", "/plugins/" + plugin + "/" + name, AdminClient.json(arguments))
                    .body();
        }

        @Override
        public void print(JsonNode value) {
            options.print(value);
        }

        @Override
        public void printLine(String text) {
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            out.println(Outline.printable(text));
            out.flush();
        }
    }
}
