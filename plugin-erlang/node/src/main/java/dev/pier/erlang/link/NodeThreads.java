package dev.pier.erlang.link;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/// The timer and the threads of a node.
///
/// The server's own node has platform threads, so that busy web applications cannot delay a tick. Further nodes
/// share its timer and have virtual threads, so that hundreds of nodes stay cheap.
///
/// No thread inherits the context class loader or the thread locals of its starter: that may be a request of an
/// application, which the thread would keep in memory.
///
/// @param timer for short tasks only
/// @param connections makes the threads that accept, read and write
public record NodeThreads(ScheduledExecutorService timer, ThreadFactory connections) {
    /// Platform threads and a timer of their own.
    ///
    /// @param name part of the name of the timer's thread
    public static NodeThreads platform(String name) {
        return new NodeThreads(
                Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                        .inheritInheritableThreadLocals(false)
                        .daemon()
                        .name("erlang-timer-" + name)
                        .factory()),
                Thread.ofPlatform()
                        .inheritInheritableThreadLocals(false)
                        .daemon()
                        .factory());
    }

    /// Virtual threads with the same timer.
    public NodeThreads virtual() {
        return new NodeThreads(
                timer, Thread.ofVirtual().inheritInheritableThreadLocals(false).factory());
    }
}
