package dev.pier.erlang.served;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.process.GenCaller;
import dev.pier.erlang.process.GenTag;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
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

    /// A message to the process that has a name, if there is one, and an answer that says whether there is.
    record Broadcast(Caller caller, Atom name, EncodedTerm message) implements RexRequest {}

    /// Anything else, which is discarded as in Erlang.
    record Unknown() implements RexRequest {}

    Atom FEATURES_REQUEST = Atom.of("features_request");
    String SBCAST = "sbcast";
    Set<String> CALLS = Set.of("call", "block_call", "cast");

    /// The caller that gets an answer.
    default Optional<Caller> answered() {
        return switch (this) {
            case Call call -> call.caller();
            case Features features -> Optional.of(features.caller());
            case Broadcast broadcast -> Optional.of(broadcast.caller());
            case Unknown _ -> Optional.empty();
        };
    }

    /// @throws MalformedTerm if it cannot be decoded, or a module or function is not an atom
    static RexRequest parse(EncodedTerm message, DecodeLimits limits) {
        EtfInput in = message.open(limits);
        if (!isTuple(in)) {
            return new Unknown();
        }
        int arity = TermDecoder.decodeTupleArity(in);
        Term first = (arity == 2 || arity == 3) && isAtomOrPid(in) ? TermDecoder.decode(in) : Atom.EMPTY;
        if (arity == 3 && first.equals(WellKnownAtoms.GEN_CALL)) {
            Optional<Caller> caller = GenCaller.read(in).map(from -> new Caller(from.pid(), from.tag()));
            return caller.isPresent() ? body(caller, message, in) : new Unknown();
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
            boolean features =
                    Tag.isAtom(in.peek1()) && TermDecoder.decodeAtom(in).equals(FEATURES_REQUEST);
            return features && caller.isPresent() ? new Features(caller.get()) : new Unknown();
        }
        int arity = TermDecoder.decodeTupleArity(in);
        if ((arity != 3 && arity != 5) || !Tag.isAtom(in.peek1())) {
            return new Unknown();
        }
        String kind = TermDecoder.decodeAtom(in).name();
        if (arity == 5 && CALLS.contains(kind)) {
            return new Call(caller, TermDecoder.decodeAtom(in), TermDecoder.decodeAtom(in), message, in);
        }
        return arity == 3
                        && kind.equals(SBCAST)
                        && caller.filter(Caller::hasNoTag).isPresent()
                ? new Broadcast(caller.get(), TermDecoder.decodeAtom(in), message.from(in))
                : new Unknown();
    }

    private static boolean isAtomOrPid(EtfInput in) {
        int tag = in.peek1();
        return Tag.isAtom(tag) || tag == Tag.NEW_PID || tag == Tag.OLD_PID;
    }

    private static boolean isTuple(EtfInput in) {
        return in.peek1() == Tag.SMALL_TUPLE || in.peek1() == Tag.LARGE_TUPLE;
    }
}
