package dev.pier.server.plugin;

/// An exception of a plugin that means: something that the request needs is away now. A request of an application that
/// fails with such an exception, or with one that has it among its causes, gets 503 with `Retry-After` instead of 500.
public interface RetryLater {
    /// A sentence for the client, without internal details.
    String forClients();
}
