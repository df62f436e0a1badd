package dev.pier.erlang.process;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.Optional;

/// The process that waits for the answer to a `gen` call: the `{Pid, Tag}` in its request. OTP: gen.erl:do_call.
///
/// @param tag the first element of the answer
public record GenCaller(Pid pid, Term tag) {
    /// Ample for two pids or references with the longest node names. A request with more bytes here is not a call: its
    /// sender decides how much memory a decoded tag takes.
    private static final int MAX_BYTES = 8 << 10;

    /// The caller in `{'$gen_call', {Pid, Tag}, Request}`, of which the end may be missing. Empty for another message.
    public static Optional<GenCaller> of(EncodedTerm message, DecodeLimits limits) {
        try {
            return ofCall(message.open(limits));
        } catch (MalformedTerm notACall) {
            return Optional.empty();
        }
    }

    /// The caller in the message at the cursor, which then is at the request.
    ///
    /// @return empty for another message; the position of the cursor is undefined then
    /// @throws MalformedTerm if it cannot be decoded
    public static Optional<GenCaller> ofCall(EtfInput in) {
        return in.peek1() == Tag.SMALL_TUPLE
                        && TermDecoder.decodeTupleArity(in) == 3
                        && Tag.isAtom(in.peek1())
                        && TermDecoder.decodeAtom(in).equals(WellKnownAtoms.GEN_CALL)
                ? read(in)
                : Optional.empty();
    }

    /// Reads the `{Pid, Tag}` at the cursor, and moves the cursor to its end.
    ///
    /// @return empty if it is another term
    /// @throws MalformedTerm if it cannot be decoded
    public static Optional<GenCaller> read(EtfInput in) {
        int start = in.position();
        TermDecoder.skip(in);
        if (in.position() - start > MAX_BYTES) {
            return Optional.empty();
        }
        in.seek(start);
        return TermDecoder.decode(in) instanceof Tuple from && from.arity() == 2 && from.get(0) instanceof Pid pid
                ? Optional.of(new GenCaller(pid, from.get(1)))
                : Optional.empty();
    }

    /// The reference of the monitor that the caller has on the called process, if it has one.
    public Optional<Reference> monitor() {
        return GenTag.monitorOf(tag);
    }
}
