package dev.pier.erlang.served;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.process.SpawnHandler;
import dev.pier.erlang.served.SpawnedCall.Form;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Starts the processes that peers request by `erpc`, `rpc`, `spawn/4` and its variants.
///
/// Threads: the reader of the connection. It answers each request, and starts the work after that: a peer drops the
/// connection if the end of a process arrives before the answer.
final class ServedSpawns implements SpawnHandler {
    private static final Atom BADOPT = Atom.of("badopt");

    private final ProcessTable processes;
    private final ServedFunctions functions;
    private final CallLimiter limiter;

    ServedSpawns(ProcessTable processes, ServedFunctions functions, CallLimiter limiter) {
        this.processes = processes;
        this.functions = functions;
        this.limiter = limiter;
    }

    @Override
    public void spawn(Session session, ControlMessage.SpawnRequest request, EncodedTerm arguments) {
        SpawnOptions options = SpawnOptions.of(request.options()).orElse(null);
        Form form = form(request);
        if (options == null) {
            SpawnHandler.refuse(session, request, BADOPT);
        } else if (form == Form.PLAIN && !options.reportsEnd() && isUndefined(request)) {
            // In Erlang such a process fails, with an entry in the log of its node. Here the caller gets an error.
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
        Thread thread = limiter.tryReserve("erlang-served-" + session, session.peer(), arguments, () -> {
            SpawnedCall call = made.get();
            if (call != null) {
                call.run();
            }
        });
        if (thread == null) {
            SpawnHandler.refuse(session, request, WellKnownAtoms.SYSTEM_LIMIT);
            return;
        }
        boolean nativeRecords = session.connection().capabilities().nativeRecords();
        LocalProcess process = processes.spawn(self -> {
            SpawnedCall call =
                    new SpawnedCall(self, form, request, arguments, functions, processes.decodeLimits(), nativeRecords);
            made.set(call);
            return call;
        });
        Pid pid = process.pid();
        // Requests arrive many at a time: their answers leave together.
        session.sendRequiredAfterRead(
                new ControlMessage.SpawnReply(request.requestId(), request.from(), options.flags(), pid), pid);
        if (options.link()) {
            process.linkedByPeer(session, request.from());
        }
        if (options.monitor()) {
            process.monitored(session, request.from(), pid, request.requestId());
        }
        Objects.requireNonNull(made.get()).start(thread);
    }
}
