package dev.pier.erlang.call;

import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.trace.TraceContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A function to be called on a peer. Its text is the call as errors name it: `backend@host: users:find/1`.
///
/// @param node the peer's name
/// @param arity the number of arguments
/// @param arguments writes the list of arguments, on the calling thread; throws [dev.pier.erlang.BadArgument] if one of
///     them has no Erlang form
/// @param context the place in a trace that the call belongs to; `null` for none
public record FunctionCall(
        Atom node,
        Atom module,
        Atom function,
        int arity,
        Consumer<EtfOutput> arguments,
        @Nullable TraceContext context) {
    private static final Atom TRACED = Atom.of("traced");

    /// A call that belongs to no trace.
    public FunctionCall(Atom node, Atom module, Atom function, int arity, Consumer<EtfOutput> arguments) {
        this(node, module, function, arity, arguments, null);
    }

    /// The call as it is sent: `pier_calls:traced(Context, Module, Function, Arguments)` if it belongs to a
    /// trace and the peer has that function.
    public FunctionCall over(Session session) {
        TraceContext its = context;
        if (its == null || !session.takesTraces()) {
            return this;
        }
        return new FunctionCall(node, CallBatcher.MODULE, TRACED, 4, out -> {
            TermEncoder.encodeListHeader(4, out);
            its.write(out);
            TermEncoder.encodeAtom(module, out);
            TermEncoder.encodeAtom(function, out);
            arguments.accept(out);
            TermEncoder.encodeNil(out);
        });
    }

    @Override
    public String toString() {
        return node.name() + ": " + module + ":" + function + "/" + arity;
    }
}
