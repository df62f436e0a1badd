package dev.pier.erlang.served;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.process.GenTag;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.Optional;
import java.util.Set;

/// A request to `rex`, parsed except for the arguments. Pure. OTP: rpc.erl:handle_call, handle_cast, handle_info.
///
/// ```
/// {'$gen_call', {Pid, Tag}, {call | block_call, M, F, Args, GroupLeader}}    answer {Tag, Result}
/// {'$gen_cast', {cast, M, F, Args, GroupLeader}}                             none
/// {Pid, {call, M, F, Args, GroupLeader}}                                     answer {rex, Result}
/// {Pid, {sbcast, Name, Message}}                       {rex, Node, Node | {nonexisting_name, Name}}
/// features_request in place of the call                                      {features_reply, Node, [erpc]}
/// ```
sealed interface RexRequest {
    /// The receiver of the answer.
    ///
    /// @param tag the first element of the answer
    record Caller(Pid pid, Term tag) {
        /// The reference of the caller's monitor, if it has one.
        Optional<Reference> monitor() {
            return GenTag.monitorOf(tag);
        }

        /// Whether the request had a pid only, so that the answer begins with `rex`.
        boolean hasNoTag() {
            return tag.equals(WellKnownAtoms.REX);
        }
    }

    /// @param caller empty if no answer is expected
    /// @param message the whole request
    /// @param in a cursor over it, at the list of arguments
    record Call(Optional<Caller> caller, Atom module, Atom function, EncodedTerm message, EtfInput in)
            implements RexRequest {}

    record Features(Caller caller) implements RexRequest {}

    /// A message to whichever process has a name, and an answer that says whether one has.
    record Broadcast(Caller caller, Atom name, EncodedTerm message) implements RexRequest {}

    /// Anything else, which is discarded as in Erlang.
    record Unknown() implements RexRequest {}

    Atom FEATURES_REQUEST = Atom.of("features_request");
    String SBCAST = "sbcast";
    Set<String> CALLS = Set.of("call", "block_call", "cast");

    /// @throws MalformedTerm if it cannot be decoded, or a module or function is not an atom
    static RexRequest parse(EncodedTerm message, DecodeLimits limits) {
        EtfInput in = message.open(limits);
        if (!isTuple(in)) {
            return new Unknown();
        }
        int arity = TermDecoder.decodeTupleArity(in);
        Term first = arity == 2 || arity == 3 ? TermDecoder.decode(in) : Atom.EMPTY;
        if (arity == 3 && first.equals(WellKnownAtoms.GEN_CALL)) {
            return TermDecoder.decode(in) instanceof Tuple from && from.arity() == 2 && from.get(0) instanceof Pid pid
                    ? body(Optional.of(new Caller(pid, from.get(1))), message, in)
                    : new Unknown();
        }
        if (arity == 2 && first.equals(WellKnownAtoms.GEN_CAST)) {
            return body(Optional.empty(), message, in);
        }
        return arity == 2 && first instanceof Pid pid
                ? body(Optional.of(new Caller(pid, WellKnownAtoms.REX)), message, in)
                : new Unknown();
    }

    private static RexRequest body(Optional<Caller> caller, EncodedTerm message, EtfInput in) {
        if (!isTuple(in)) {
            boolean features = TermDecoder.decode(in).equals(FEATURES_REQUEST);
            return features && caller.isPresent() ? new Features(caller.get()) : new Unknown();
        }
        int arity = TermDecoder.decodeTupleArity(in);
        if ((arity != 3 && arity != 5) || !(TermDecoder.decode(in) instanceof Atom(String kind))) {
            return new Unknown();
        }
        if (arity == 5 && CALLS.contains(kind)) {
            return new Call(caller, TermDecoder.decodeAtom(in), TermDecoder.decodeAtom(in), message, in);
        }
        return arity == 3
                        && kind.equals(SBCAST)
                        && caller.filter(Caller::hasNoTag).isPresent()
                ? new Broadcast(caller.get(), TermDecoder.decodeAtom(in), message.from(in))
                : new Unknown();
    }

    private static boolean isTuple(EtfInput in) {
        return in.peek1() == Tag.SMALL_TUPLE || in.peek1() == Tag.LARGE_TUPLE;
    }
}
