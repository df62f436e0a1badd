package dev.pier.erlang.served;

import dev.pier.erlang.node.ExitReason;
import dev.pier.erlang.node.LocalProcess;
import dev.pier.erlang.node.Processes;

/// Opens a node's doors to the functions it serves.
public final class Serving {
    private Serving() {}

    /// Has a node answer calls from Erlang, before it accepts connections.
    public static void start(Processes processes, ServedFunctions functions, CallThreads threads) {
        processes.spawnHandler(new ServedSpawns(processes, functions, threads));
        if (!startRex(processes, functions, threads)) {
            throw new IllegalStateException("there is a process 'rex' already");
        }
    }

    /// @return false if the name is taken
    private static boolean startRex(Processes processes, ServedFunctions functions, CallThreads threads) {
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
