package dev.pier.erlang.served;

import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessTable;

/// Starts the answering of calls made by Erlang.
public final class ServedCalls {
    private ServedCalls() {}

    /// Lets a node answer served calls: by spawn requests, and by the legacy `rex` protocol. To be called
    /// before the node accepts connections.
    public static void start(ProcessTable processes, ServedFunctions functions, CallLimiter limiter) {
        processes.spawnHandler(new ServedSpawns(processes, functions, limiter));
        if (!startRex(processes, functions, limiter)) {
            throw new IllegalStateException("cannot serve calls: another process of this node is registered as 'rex'");
        }
    }

    /// @return false if the name is taken
    private static boolean startRex(ProcessTable processes, ServedFunctions functions, CallLimiter limiter) {
        LocalProcess rex = processes.spawn(
                self -> new Rex(self, processes, functions, limiter, () -> startRex(processes, functions, limiter)));
        rex.trapExits(true);
        boolean named = processes.register(Rex.NAME, rex);
        if (!named) {
            rex.end(ExitReason.SHUTDOWN);
        }
        return named;
    }
}
