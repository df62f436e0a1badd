package dev.pier.server.plugin;

import java.util.List;

/// A command that a plugin adds to `bin/pier`. It has the options `--conf`, `--admin`, `--token-file` and `--json` of
/// the server's own commands, and others.
///
/// @param name such as `peers`
/// @param description one sentence for `bin/pier --help`
/// @param parameters all of them are required
public record PluginCommand(
        String name, String description, List<Parameter> parameters, List<Option> options, Action action) {

    /// A parameter.
    ///
    /// @param name such as `NODE`
    public record Parameter(String name, String description) {}

    /// An option with a value.
    ///
    /// @param name such as `--node`
    /// @param label of the value, such as `NAME`
    public record Option(String name, String label, String description) {}

    /// What the command does.
    @FunctionalInterface
    public interface Action {
        /// Runs the command, on the main thread.
        ///
        /// @return the exit status: 0, or 1 for a negative answer
        /// @throws OperationException if it fails; the operator sees the message, and the exit status is 1
        /// @throws Exception if the server does not answer, or its configuration is invalid
        int run(CommandContext context) throws Exception;
    }
}
