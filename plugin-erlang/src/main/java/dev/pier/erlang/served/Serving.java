package dev.pier.erlang.served;

import dev.pier.erlang.node.LocalProcess;
import dev.pier.erlang.node.Processes;

/// Opens a node's doors to the functions it serves.
public final class Serving {
    private Serving() {}

    /// Has a node answer calls from Erlang, before it accepts connections.
    public static void start(Processes processes, ServedFunctions functions, CallThreads threads) {
        processes.spawnHandler(new ServedSpawns(processes, functions, threads));
        LocalProcess rex = processes.spawn(self -> new Rex(self, processes, functions, threads));
        rex.trapExits(true);
        if (!processes.register(Rex.NAME, rex)) {
            throw new IllegalStateException("there is a process 'rex' already");
        }
    }
}
