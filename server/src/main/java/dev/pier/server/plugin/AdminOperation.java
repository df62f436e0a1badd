package dev.pier.server.plugin;

import java.util.Map;

/// Something that an operator lets a plugin do, over the admin port or a command of `bin/pier`.
///
/// *Threads.* Called on threads of its own, several of which may call at the same time. It may block, but must end
/// within its own deadline: the number of operations that run at once is limited.
@FunctionalInterface
public interface AdminOperation {
    /// Runs the operation.
    ///
    /// @param arguments from the operator, by name
    /// @return maps, lists, strings, numbers, booleans and JSON trees, which are written as JSON
    /// @throws OperationException if it fails for a reason that the operator should read
    Object run(Map<String, String> arguments) throws OperationException, InterruptedException;
}
