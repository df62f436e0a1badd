package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import org.jspecify.annotations.Nullable;

/// Reads the answer of the process `rex`. Pure.
///
/// ```
/// {rex, Value}
/// {rex, {badrpc, {'EXIT', {Reason, StackTrace}}}}    the function failed
/// {rex, {badrpc, {'EXIT', Reason}}}                  the function exited, or was ended by a signal
/// {rex, {badrpc, Reason}}                            the function was not run
/// ```
/// A thrown value is the same as a returned one.
///
/// OTP: rpc.erl:handle_call_call/6
final class RexResult implements CallResult {
    private final FunctionCall call;
    private final DecodeLimits limits;

    RexResult(FunctionCall call, DecodeLimits limits) {
        this.call = call;
        this.limits = limits;
    }

    /// A cursor at the result inside `{rex, Result}`; `null` if the message has another form.
    ///
    /// @throws MalformedTerm if it is not a term
    static @Nullable EtfInput open(EncodedTerm message, DecodeLimits limits) {
        EtfInput in = message.open(limits);
        return in.peek1() == Tag.SMALL_TUPLE
                        && TermDecoder.decodeTupleArity(in) == 2
                        && Tag.isAtom(in.peek1())
                        && TermDecoder.decodeAtom(in).equals(WellKnownAtoms.REX)
                ? in
                : null;
    }

    @Override
    public EncodedTerm value(EncodedTerm answer) {
        EtfInput in = open(answer, limits);
        if (in == null) {
            throw new MalformedTerm(call + " gave an answer of an unknown form");
        }
        EncodedTerm result = answer.from(in);
        EtfInput inner = result.open(limits);
        if (inner.peek1() == Tag.SMALL_TUPLE
                && TermDecoder.decodeTupleArity(inner) == 2
                && Tag.isAtom(inner.peek1())
                && TermDecoder.decodeAtom(inner).equals(WellKnownAtoms.BADRPC)) {
            throw failure(TermDecoder.decode(inner));
        }
        return result;
    }

    /// The process that was to receive the answer has ended.
    @Override
    public EncodedTerm value(Term reason) {
        throw new RemoteExit(
                call + " gave no answer: the process that waits for it was ended: " + Excerpt.of(reason), reason, true);
    }

    private ErlangException failure(Term reason) {
        if (!(reason instanceof Tuple exit) || !exit.is(WellKnownAtoms.EXIT_TUPLE, 2)) {
            return new RemoteError(call + " could not be run: " + Excerpt.of(reason), reason, ListTerm.EMPTY);
        }
        Term inner = exit.get(1);
        return inner instanceof Tuple error && error.arity() == 2 && isStackTrace(error.get(1))
                ? ErpcResult.error(call, error.get(0), error.get(1))
                : new RemoteExit(call + " exited: " + Excerpt.of(inner), inner, false);
    }

    /// A list of tuples `{Module, Function, ArityOrArguments, Location}`.
    private static boolean isStackTrace(Term term) {
        return term instanceof ListTerm frames
                && !frames.elements().isEmpty()
                && frames.elements().stream().allMatch(frame -> frame instanceof Tuple tuple && tuple.arity() == 4);
    }
}
