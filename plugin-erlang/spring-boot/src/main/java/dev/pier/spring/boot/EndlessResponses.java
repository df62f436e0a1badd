package dev.pier.spring.boot;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.node.NodeRuntime;
import org.springframework.context.SmartLifecycle;

/// Ends the mailboxes and streams behind endless responses when the application begins to stop: the web server
/// waits for its responses.
///
/// *Threads.* Those that start and stop the context.
final class EndlessResponses implements SmartLifecycle {
    private final ErlangNode node;
    private volatile boolean running;

    EndlessResponses(ErlangNode node) {
        this.node = node;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        if (node instanceof NodeRuntime runtime) {
            runtime.stopping();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /// There is no way back.
    @Override
    public boolean isPauseable() {
        return false;
    }

    /// Stops before the web server begins to drain.
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
