package dev.pier.datasource;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/// The threads of a pool. They keep nothing of the threads that start them: those may be of an application.
///
/// *Threads.* Safe for all threads.
final class PoolThreads implements ThreadFactory {
    private final String name;
    private final Set<Thread> live = ConcurrentHashMap.newKeySet();

    PoolThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name(name)
                .inheritInheritableThreadLocals(false)
                .unstarted(() -> run(work));
        thread.setContextClassLoader(PoolThreads.class.getClassLoader());
        return thread;
    }

    private void run(Runnable work) {
        live.add(Thread.currentThread());
        try {
            work.run();
        } finally {
            live.remove(Thread.currentThread());
        }
    }

    /// Ends the pauses between attempts to open a connection.
    void interrupt() {
        live.forEach(Thread::interrupt);
    }
}
