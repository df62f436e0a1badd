package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.RemoteThrow;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;

/// Reads the exit reason of a process that ran `erpc:execute_call/4`. Pure.
///
/// ```
/// {Tag, return, Value}   {Tag, throw, Value}   {Tag, exit, Reason}
/// {Tag, error, Reason, StackTrace}             {Tag, error, {erpc, Reason}}
/// ```
/// Any other reason is that of a signal which ended the process from outside. The answer of `pier_calls` is the same,
/// except that it has `{Tag, signal, Reason}` for a signal.
///
/// OTP: erpc.erl:execute_call/4
public final class ErpcResult implements CallResult {
    private final FunctionCall call;
    private final Reference tag;
    private final DecodeLimits limits;

    /// @param tag the tag of the answer
    public ErpcResult(FunctionCall call, Reference tag, DecodeLimits limits) {
        this.call = call;
        this.tag = tag;
        this.limits = limits;
    }

    @Override
    public EncodedTerm value(EncodedTerm reason) {
        EtfInput in = reason.open(limits);
        if (in.peek1() == Tag.SMALL_TUPLE
                && TermDecoder.decodeTupleArity(in) == 3
                && isTag(in)
                && Tag.isAtom(in.peek1())
                && TermDecoder.decodeAtom(in).equals(WellKnownAtoms.RETURN)) {
            return reason.from(in);
        }
        throw failure(reason.decode(limits));
    }

    @Override
    public EncodedTerm value(Term reason) {
        if (reason instanceof Tuple tuple
                && tuple.arity() == 3
                && tuple.get(0).equals(tag)
                && tuple.get(1).equals(WellKnownAtoms.RETURN)) {
            return EncodedTerm.of(tuple.get(2));
        }
        throw failure(reason);
    }

    private boolean isTag(EtfInput in) {
        return in.peek1() == Tag.NEWER_REFERENCE
                && TermDecoder.decodeReference(in).equals(tag);
    }

    /// The exception for a reason that is not a returned value.
    public ErlangException failure(Term reason) {
        if (!(reason instanceof Tuple tuple)
                || tuple.arity() < 3
                || !tuple.get(0).equals(tag)
                || !(tuple.get(1) instanceof Atom kind)) {
            return signal(reason);
        }
        Term inner = tuple.get(2);
        return switch (kind.name()) {
            case "signal" -> signal(inner);
            case "throw" -> new RemoteThrow(call + " threw " + Excerpt.of(inner), inner);
            case "exit" -> new RemoteExit(call + " exited: " + Excerpt.of(inner), inner, false);
            case "error" -> error(call, inner, tuple.arity() > 3 ? tuple.get(3) : ListTerm.EMPTY);
            default -> new MalformedTerm(call + " gave an answer of an unknown kind: " + Excerpt.of(reason));
        };
    }

    private RemoteExit signal(Term reason) {
        return new RemoteExit(call + " was ended by a signal: " + Excerpt.of(reason), reason, true);
    }

    static RemoteError error(FunctionCall call, Term reason, Term stack) {
        return new RemoteError(call + " failed: " + Excerpt.of(reason) + place(stack), reason, stack);
    }

    /// ` in users:find/1 (users.erl:12)`: the innermost frame of the stack trace.
    private static String place(Term stack) {
        return stack instanceof ListTerm frames && !frames.elements().isEmpty()
                ? " in " + Excerpt.of(frames.elements().getFirst())
                : "";
    }
}
