package dev.pier.server.plugin;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A command while it runs: its arguments, the server that it asks, and its output.
///
/// *Threads.* For the thread that runs the command.
public interface CommandContext {
    /// The value of a parameter.
    String parameter(String name);

    /// The value of an option; empty if it is not given.
    Optional<String> option(String name);

    /// Whether the output is for programs (`--json`).
    boolean json();

    /// The plugin's part of the status of the running server; a missing node if it has none.
    ///
    /// @throws Exception if no server answers, or the configuration is invalid
    JsonNode status() throws Exception;

    /// Runs an operation of the plugin on the running server.
    ///
    /// @throws OperationException if the server answers that it has failed
    /// @throws Exception if no server answers, there is no token, or the configuration is invalid
    JsonNode operation(String name, Map<String, String> arguments) throws Exception;

    /// Prints a value: as JSON, or indented text and tables for people.
    void print(JsonNode value);

    /// Prints a line for people as it is, except for control characters.
    void printLine(String text);
}
