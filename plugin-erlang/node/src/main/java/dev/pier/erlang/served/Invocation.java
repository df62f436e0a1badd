package dev.pier.erlang.served;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.trace.ServedListener;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The invocation of a served function by its name. Every exception becomes a result.
///
/// Threads: that of the call.
///
/// @param in a cursor over `encoded`, at the list of arguments
/// @param caller the calling node
record Invocation(
        ServedFunctions functions,
        Atom module,
        Atom function,
        EncodedTerm encoded,
        EtfInput in,
        DecodeLimits limits,
        String caller) {
    private static final Logger log = LoggerFactory.getLogger(Invocation.class);

    private static final int TYPICAL_BYTES = 128;

    /// Calls the function, if it is exposed.
    FunctionResult run() {
        List<EncodedTerm> arguments;
        try {
            arguments = EncodedArguments.split(encoded, in);
            Optional<ServedFunction> found = functions.find(module, function, arguments.size());
            if (found.isEmpty()) {
                List<Term> terms =
                        arguments.stream().map(term -> term.decode(limits)).toList();
                log.debug("Rejected a call of {}:{}/{} by {}: not exposed", module, function, terms.size(), caller);
                return FunctionResult.undef(module, function, new ListTerm(terms));
            }
            return call(found.get(), arguments);
        } catch (MalformedTerm e) {
            log.warn(
                    "Rejected a call of {}:{} by {}: malformed arguments: {}",
                    module,
                    function,
                    caller,
                    e.getMessage());
            return FunctionResult.failed(Atoms.BADARG);
        }
    }

    private FunctionResult call(ServedFunction served, List<EncodedTerm> encodedArguments) {
        EncodedArguments arguments = new EncodedArguments(encodedArguments, served.mapper(), limits, caller);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(served.body().getClass().getClassLoader());
        ServedListener.Observed observed = functions.listener().begin(module, function, arguments.count(), caller);
        Throwable failure = null;
        try {
            Object value = served.body().call(arguments);
            FunctionResult result = new FunctionResult.Returned(encode(value, served.mapper()));
            served.counts().returned();
            return result;
        } catch (Throwable thrown) {
            // Errors as well: the caller must get an answer.
            failure = thrown;
            served.counts().failed();
            if (thrown instanceof UnexpectedTerm mismatch && arguments.isMismatch(thrown)) {
                return ExceptionMapping.mismatch(mismatch, module, function, arguments.count());
            }
            if (ExceptionMapping.isFault(thrown) && !(thrown instanceof InterruptedException)) {
                log.warn("A call of {} by {} failed: {}", served, caller, thrown.toString());
                log.debug("A call of {} failed", served, thrown);
            }
            return ExceptionMapping.of(thrown, module, function, arguments.count());
        } finally {
            observed.ended(failure);
            thread.setContextClassLoader(before);
        }
    }

    private static EtfOutput encode(@Nullable Object value, ValueMapper mapper) {
        EtfOutput out = new EtfOutput(TYPICAL_BYTES);
        try {
            mapper.write(value, out);
        } catch (BadArgument e) {
            throw new BadArgument("the result: " + e.getMessage(), e);
        }
        return out;
    }
}
