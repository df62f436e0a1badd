package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.call.ErpcResult;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.ArrayList;
import java.util.List;

/// Reads an exit reason of `erpc:execute_call/4` while it arrives. [ErpcResult] reads a complete one.
final class StreamedErpcResult {
    private StreamedErpcResult() {}

    /// Moves the input to the returned value.
    ///
    /// @param tag the tag of the answer
    /// @throws dev.pier.erlang.ErlangException if the function did not return
    static void enter(StreamingEtfInput input, Reference tag, ErpcResult result, DecodeLimits limits) {
        if (input.peek1() != Tag.SMALL_TUPLE) {
            throw result.failure(readWhole(input, limits));
        }
        input.read1();
        int arity = input.read1();
        List<Term> elements = new ArrayList<>();
        while (elements.size() < arity) {
            if (arity == 3 && elements.equals(List.of(tag, WellKnownAtoms.RETURN))) {
                return;
            }
            elements.add(readWhole(input, limits));
        }
        throw result.failure(new Tuple(elements));
    }

    private static Term readWhole(StreamingEtfInput input, DecodeLimits limits) {
        EncodedTerm term = input.poll(limits.bytes());
        if (term == null) {
            throw new MalformedTerm("the exit reason is too large: more than " + limits.bytes()
                    + " bytes (setting erlang.limits.message)");
        }
        return term.decode(limits);
    }
}
