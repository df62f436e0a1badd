package dev.pier.server.admin;

import dev.pier.server.plugin.OperationException;
import java.io.IOException;
import java.util.Set;

/// A part of the admin port for which a request needs the token.
///
/// *Threads.* Called on the threads of [Operations], several of which may call at the same time. It may block.
public interface AdminResource {
    /// The methods of HTTP that it has.
    Set<String> methods();

    /// Runs the operation.
    ///
    /// @throws OperationException if it fails for a reason that the operator should read
    AdminAnswer answer(AdminRequest request) throws OperationException, IOException, InterruptedException;
}
