package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.RemoteThrow;
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

/// Reads what a process that `erpc:execute_call/4` ran in leaves as its exit reason. Pure.
///
/// SPEC: erpc.erl:
/// ```
/// {Tag, return, Value}   {Tag, throw, Value}   {Tag, exit, Reason}
/// {Tag, error, Reason, StackTrace}             {Tag, error, {erpc, Reason}}
/// ```
/// Anything else is a signal that ended the process from outside. Of a call that `pier_calls` ran the same comes, but
/// for `{Tag, signal, Reason}`.
public final class ErpcResult {
    private static final Atom RETURN = Atom.of("return");

    private final String what;
    private final Reference tag;
    private final DecodeLimits limits;

    /// @param what the call as errors name it: `backend@host: users:find/1`
    public ErpcResult(String what, Reference tag, DecodeLimits limits) {
        this.what = what;
        this.tag = tag;
        this.limits = limits;
    }

    /// The returned value, still encoded.
    ///
    /// @throws ErlangException if the function did not return
    public EncodedTerm value(EncodedTerm reason) {
        EtfInput in = reason.open(limits);
        if (in.peek1() == Tag.SMALL_TUPLE
                && TermDecoder.decodeTupleArity(in) == 3
                && isTag(in)
                && Tag.isAtom(in.peek1())
                && TermDecoder.decodeAtom(in).equals(RETURN)) {
            return reason.from(in);
        }
        throw failure(reason.decode(limits));
    }

    /// As [#value(EncodedTerm)], for a reason that came decoded.
    public EncodedTerm value(Term reason) {
        if (reason instanceof Tuple tuple
                && tuple.arity() == 3
                && tuple.get(0).equals(tag)
                && tuple.get(1).equals(RETURN)) {
            return EncodedTerm.of(tuple.get(2));
        }
        throw failure(reason);
    }

    private boolean isTag(EtfInput in) {
        return in.peek1() == Tag.NEWER_REFERENCE
                && TermDecoder.decodeReference(in).equals(tag);
    }

    /// What to throw for a reason that is no returned value.
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
            case "throw" -> new RemoteThrow(what + " threw " + Excerpt.of(inner), inner);
            case "exit" -> new RemoteExit(what + " exited: " + Excerpt.of(inner), inner, false);
            case "error" -> {
                Term stack = tuple.arity() > 3 ? tuple.get(3) : ListTerm.EMPTY;
                yield new RemoteError(what + " failed: " + Excerpt.of(inner) + place(stack), inner, stack);
            }
            default -> new MalformedTerm(what + " gave an answer of an unknown kind: " + Excerpt.of(reason));
        };
    }

    private RemoteExit signal(Term reason) {
        return new RemoteExit(what + " was ended by a signal: " + Excerpt.of(reason), reason, true);
    }

    /// ` in users:find/1 (users.erl:12)`: where the innermost frame of the stack trace is.
    private static String place(Term stack) {
        return stack instanceof ListTerm frames && !frames.elements().isEmpty()
                ? " in " + Excerpt.of(frames.elements().getFirst())
                : "";
    }
}
