package dev.pier.erlang.link;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/// What a node runs on: its timer, and the threads that accept, read and write.
///
/// The server's own node has platform threads, because a busy web application must not keep a tick from being sent.
/// Further nodes share its timer, and are cheap: their threads are virtual, so that hundreds of them cost little.
///
/// @param timer runs what is quick
/// @param connections makes the threads of connections and listeners
public record NodeThreads(ScheduledExecutorService timer, ThreadFactory connections) {
    /// @param name for the timer's thread
    public static NodeThreads platform(String name) {
        return new NodeThreads(
                Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                        .daemon()
                        .name("erlang-timer-" + name)
                        .factory()),
                Thread.ofPlatform().daemon().factory());
    }

    /// Virtual threads, with the same timer.
    public NodeThreads virtual() {
        return new NodeThreads(timer, Thread.ofVirtual().factory());
    }
}
