package dev.pier.erlang.served;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.process.SpawnHandler;
import dev.pier.erlang.served.SpawnedCall.Form;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Starts the processes that peers ask for: `erpc` and with it `rpc`, `spawn/4` and its kin.
///
/// The connection's reader runs it. It answers each request at once, and starts the work after that: a peer drops the
/// connection if it hears of a process's end before it has heard of the process.
final class ServedSpawns implements SpawnHandler {
    private static final Atom BADOPT = Atom.of("badopt");

    private final ProcessTable processes;
    private final ServedFunctions functions;
    private final CallLimiter threads;

    ServedSpawns(ProcessTable processes, ServedFunctions functions, CallLimiter threads) {
        this.processes = processes;
        this.functions = functions;
        this.threads = threads;
    }

    @Override
    public void spawn(Session session, ControlMessage.SpawnRequest request, EncodedTerm arguments) {
        SpawnOptions options = SpawnOptions.of(request.options()).orElse(null);
        Form form = form(request);
        if (options == null) {
            SpawnHandler.refuse(session, request, BADOPT);
        } else if (form == Form.PLAIN && !options.anybodyListens() && isUndefined(request)) {
            // In Erlang such a process dies with an entry in the log of the node that runs it. Here the one who has
            // asked for it is told.
            SpawnHandler.refuse(session, request, Atoms.UNDEF);
        } else {
            start(session, request, form, options, arguments);
        }
    }

    private boolean isUndefined(ControlMessage.SpawnRequest request) {
        return functions
                .find(request.module(), request.function(), request.arity())
                .isEmpty();
    }

    private static Form form(ControlMessage.SpawnRequest request) {
        return switch (request.module().name() + ":" + request.function().name() + "/" + request.arity()) {
            case "erpc:execute_call/4" -> Form.CALL;
            case "erpc:execute_cast/3" -> Form.CAST;
            default -> Form.PLAIN;
        };
    }

    private void start(
            Session session,
            ControlMessage.SpawnRequest request,
            Form form,
            SpawnOptions options,
            EncodedTerm arguments) {
        AtomicReference<@Nullable SpawnedCall> made = new AtomicReference<>();
        Thread thread = threads.tryReserve("erlang-served-" + session, () -> {
            SpawnedCall call = made.get();
            if (call != null) {
                call.run();
            }
        });
        if (thread == null) {
            SpawnHandler.refuse(session, request, Atoms.SYSTEM_LIMIT);
            return;
        }
        LocalProcess process = processes.spawn(self -> {
            SpawnedCall call = new SpawnedCall(self, form, request, arguments, functions, processes.limits());
            made.set(call);
            return call;
        });
        Pid pid = process.pid();
        // Requests come many at a time, and the work of the first may be done by the time that the last has been taken.
        session.demandSoon(
                new ControlMessage.SpawnReply(request.requestId(), request.from(), options.flags(), pid), pid);
        if (options.link()) {
            process.linked(session, request.from());
        }
        if (options.monitor()) {
            process.watched(session, request.from(), pid, request.requestId());
        }
        java.util.Objects.requireNonNull(made.get()).start(thread);
    }
}
