package dev.pier.erlang.served;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.process.ProcessSnapshot;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A process that runs one served function and ends with it.
///
/// Threads: the thread of the call decodes the arguments and runs the function. Readers may end the process, which
/// interrupts that thread. The first end, by the thread or by a signal, decides the exit reason.
final class SpawnedCall implements ProcessBody, Runnable {
    private static final Logger log = LoggerFactory.getLogger(SpawnedCall.class);

    private static final int TYPICAL_BYTES = 128;

    /// The function that was spawned.
    enum Form {
        /// `erpc:execute_call/4`: the exit reason is the answer. The call ends when its caller stops
        /// waiting.
        CALL,
        /// `erpc:execute_cast/3`.
        CAST,
        /// The function itself.
        PLAIN
    }

    private final LocalProcess process;
    private final Form form;
    private final Atom module;
    private final Atom function;
    private final Atom caller;
    private final EncodedTerm arguments;
    private final ServedFunctions functions;
    private final DecodeLimits limits;
    private final boolean nativeRecords;
    private volatile @Nullable Thread thread;

    /// @param request not kept: the caller chooses the size of its options
    /// @param nativeRecords whether the caller reads native records
    SpawnedCall(
            LocalProcess process,
            Form form,
            ControlMessage.SpawnRequest request,
            EncodedTerm arguments,
            ServedFunctions functions,
            DecodeLimits limits,
            boolean nativeRecords) {
        this.process = process;
        this.form = form;
        this.module = request.module();
        this.function = request.function();
        this.caller = request.from().node();
        this.arguments = arguments;
        this.functions = functions;
        this.limits = limits;
        this.nativeRecords = nativeRecords;
    }

    void start(Thread worker) {
        thread = worker;
        worker.start();
    }

    @Override
    public void run() {
        if (process.isAlive()) {
            process.end(exitReason());
        }
    }

    private ExitReason exitReason() {
        try {
            EtfInput in = arguments.open(limits);
            return switch (form) {
                case CALL -> call(in);
                case CAST -> {
                    if (TermDecoder.decodeListLength(in) != 3) {
                        yield badArguments("erpc:execute_cast/3 takes 3 arguments");
                    }
                    yield ExitReason.of(invoke(TermDecoder.decodeAtom(in), TermDecoder.decodeAtom(in), in)
                            .exitReason());
                }
                case PLAIN -> ExitReason.of(invoke(module, function, in).exitReason());
            };
        } catch (MalformedTerm e) {
            return badArguments(e.getMessage());
        }
    }

    private ExitReason call(EtfInput in) {
        if (TermDecoder.decodeListLength(in) != 4) {
            return badArguments("erpc:execute_call/4 takes 4 arguments");
        }
        Term tag = TermDecoder.decode(in);
        FunctionResult result = invoke(TermDecoder.decodeAtom(in), TermDecoder.decodeAtom(in), in);
        EtfOutput out = new EtfOutput(TYPICAL_BYTES);
        result.writeErpc(tag, out);
        if (out.hasNativeRecord() && !nativeRecords) {
            out.truncate(0);
            FunctionResult.failed(WellKnownAtoms.NOTSUP).writeErpc(tag, out);
        }
        return ExitReason.ofEncoded(out);
    }

    private FunctionResult invoke(Atom calledModule, Atom calledFunction, EtfInput in) {
        return new Invocation(functions, calledModule, calledFunction, arguments, in, limits, caller.name()).run();
    }

    private ExitReason badArguments(@Nullable String problem) {
        log.warn("Rejected a spawn request of {}: malformed arguments: {}", caller, problem);
        return ExitReason.of(Atoms.BADARG);
    }

    @Override
    public void message(EncodedTerm message) {
        // A served function receives no messages.
    }

    @Override
    public ProcessSnapshot.Activity activity() {
        return new ProcessSnapshot.Activity(ProcessSnapshot.Role.SERVED_CALL, 0, arguments.retainedBytes());
    }

    /// The caller has given up or ended, or the connection is lost.
    @Override
    public void demonitored(Reference monitor) {
        if (form == Form.CALL) {
            process.end(ExitReason.KILLED);
        }
    }

    @Override
    public void ended(ExitReason reason) {
        Thread worker = thread;
        if (worker != null && !worker.equals(Thread.currentThread())) {
            worker.interrupt();
        }
    }
}
