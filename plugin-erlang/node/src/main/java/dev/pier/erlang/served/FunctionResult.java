package dev.pier.erlang.served;

import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;

/// The result of a served call, and its form for each way of calling.
sealed interface FunctionResult {
    /// @param encoded the value; owned by the result from here on
    record Returned(EtfOutput encoded) implements FunctionResult {}

    record Thrown(Term value) implements FunctionResult {}

    record Exited(Term reason) implements FunctionResult {}

    /// @param stackTrace a list of `{Module, Function, ArityOrArguments, Location}`
    record Failed(Term reason, Term stackTrace) implements FunctionResult {}

    /// The error of a function that does not exist.
    ///
    /// @param arguments a list
    static FunctionResult undef(Atom module, Atom function, Term arguments) {
        return new Failed(Atoms.UNDEF, ListTerm.of(Tuple.of(module, function, arguments, ListTerm.EMPTY)));
    }

    /// The error of a call that failed before its function was looked up.
    static FunctionResult failed(Atom reason) {
        return new Failed(reason, ListTerm.EMPTY);
    }

    /// Appends the exit reason by which `erpc:execute_call/4` answers. OTP: erpc.erl:execute_call.
    default void writeErpc(Term tag, EtfOutput out) {
        switch (this) {
            case Returned(EtfOutput encoded) -> {
                TermEncoder.encodeTupleHeader(3, out);
                TermEncoder.encode(tag, out);
                TermEncoder.encodeAtom(WellKnownAtoms.RETURN, out);
                out.write(encoded);
            }
            case Thrown(Term value) -> TermEncoder.encode(Tuple.of(tag, Atoms.THROW, value), out);
            case Exited(Term reason) -> TermEncoder.encode(Tuple.of(tag, Atoms.EXIT, reason), out);
            case Failed(Term reason, Term stackTrace) ->
                TermEncoder.encode(Tuple.of(tag, Atom.ERROR, reason, stackTrace), out);
        }
    }

    /// Appends the answer of the legacy `rex` protocol, which does not distinguish a thrown value from a
    /// returned one. OTP: rpc.erl:do_call.
    default void writeRex(EtfOutput out) {
        switch (this) {
            case Returned(EtfOutput encoded) -> out.write(encoded);
            case Thrown(Term value) -> TermEncoder.encode(value, out);
            case Exited(Term reason) -> TermEncoder.encode(badrpc(reason), out);
            case Failed(Term reason, Term stackTrace) -> TermEncoder.encode(badrpc(Tuple.of(reason, stackTrace)), out);
        }
    }

    private static Term badrpc(Term reason) {
        return Tuple.of(WellKnownAtoms.BADRPC, Tuple.of(WellKnownAtoms.EXIT_TUPLE, reason));
    }

    /// The exit reason of a process that was spawned to run the function itself.
    default Term exitReason() {
        return switch (this) {
            case Returned _ -> WellKnownAtoms.NORMAL;
            case Thrown(Term value) -> Tuple.of(Tuple.of(Atoms.NOCATCH, value), ListTerm.EMPTY);
            case Exited(Term reason) -> reason;
            case Failed(Term reason, Term stackTrace) -> Tuple.of(reason, stackTrace);
        };
    }
}
