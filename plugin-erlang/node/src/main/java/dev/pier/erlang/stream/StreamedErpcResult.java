package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.call.ErpcResult;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.ArrayList;
import java.util.List;

/// Reads an exit reason of `erpc:execute_call/4` while it arrives, as [ErpcResult] does with a whole one.
final class StreamedErpcResult {
    private static final Atom RETURN = Atom.of("return");

    private StreamedErpcResult() {}

    /// Moves the flow to the returned value.
    ///
    /// @throws ErlangException if the function did not return
    static void enter(StreamingEtfInput flow, Reference tag, ErpcResult result, DecodeLimits limits) {
        if (flow.peek1() != Tag.SMALL_TUPLE) {
            throw result.failure(whole(flow, limits));
        }
        flow.read1();
        int arity = flow.read1();
        List<Term> elements = new ArrayList<>();
        while (elements.size() < arity) {
            if (arity == 3 && elements.equals(List.of(tag, RETURN))) {
                return;
            }
            elements.add(whole(flow, limits));
        }
        throw result.failure(new Tuple(elements));
    }

    private static Term whole(StreamingEtfInput flow, DecodeLimits limits) {
        EncodedTerm term = flow.poll(limits.bytes());
        if (term == null) {
            throw new MalformedTerm(
                    "a reason of more than " + limits.bytes() + " bytes (setting erlang.limits.message)");
        }
        return term.decode(limits);
    }
}
