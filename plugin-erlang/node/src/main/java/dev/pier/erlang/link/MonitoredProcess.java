package dev.pier.erlang.link;

import dev.pier.erlang.term.Reference;

/// A process of this node that a peer monitors.
public interface MonitoredProcess {
    /// The peer has ended the monitor. Called by the reader; must not block.
    void demonitored(Reference reference);
}
