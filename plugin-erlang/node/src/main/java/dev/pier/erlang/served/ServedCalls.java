package dev.pier.erlang.served;

import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessTable;

/// Opens a node's doors to the functions it serves.
public final class ServedCalls {
    private ServedCalls() {}

    /// Has a node answer calls from Erlang, before it accepts connections.
    public static void start(ProcessTable processes, ServedFunctions functions, CallLimiter threads) {
        processes.spawnHandler(new ServedSpawns(processes, functions, threads));
        if (!startRex(processes, functions, threads)) {
            throw new IllegalStateException("there is a process 'rex' already");
        }
    }

    /// @return false if the name is taken
    private static boolean startRex(ProcessTable processes, ServedFunctions functions, CallLimiter threads) {
        LocalProcess rex = processes.spawn(
                self -> new Rex(self, processes, functions, threads, () -> startRex(processes, functions, threads)));
        rex.trapExits(true);
        boolean named = processes.register(Rex.NAME, rex);
        if (!named) {
            rex.end(ExitReason.SHUTDOWN);
        }
        return named;
    }
}
