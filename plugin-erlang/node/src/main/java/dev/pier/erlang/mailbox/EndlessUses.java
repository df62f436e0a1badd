package dev.pier.erlang.mailbox;

import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The processes of a runtime whose messages feed something endless, such as a response of server-sent events. They
/// end with the reason `shutdown` when the server begins to stop.
///
/// *Threads.* Any.
public final class EndlessUses {
    private final Set<LocalProcess> processes = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    void add(LocalProcess process) {
        processes.add(process);
        // stop() sets `stopping` before it goes through the set, so one of the two sees the other.
        if (stopping) {
            process.end(ExitReason.SHUTDOWN);
        } else if (!process.isAlive()) {
            processes.remove(process);
        }
    }

    void remove(LocalProcess process) {
        processes.remove(process);
    }

    /// Ends the processes, and those that are added later. Idempotent.
    public void stop() {
        stopping = true;
        processes.forEach(process -> process.end(ExitReason.SHUTDOWN));
    }
}
