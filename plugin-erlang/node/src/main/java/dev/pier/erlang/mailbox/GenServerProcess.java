package dev.pier.erlang.mailbox;

import dev.pier.erlang.GenServer;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.GenCaller;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Dispatches the messages of a process as `gen_server` does: `{'$gen_call', From, Request}`,
/// `{'$gen_cast', Request}`, `{system, From, Request}`, and everything else.
///
/// The requests of `sys` that it knows are `terminate`, which `gen_server:stop` sends, and, with introspection,
/// `get_status` and `get_state`. Others get the answer of `sys` to unknown requests.
///
/// Threads: that of the process. OTP: gen_server.erl:decode_msg, sys.erl:do_cmd.
final class GenServerProcess implements HandlerProcess.Receiver {
    private static final Atom SYSTEM = Atom.of("system");
    private static final Atom TERMINATE = Atom.of("terminate");
    private static final Atom GET_STATE = Atom.of("get_state");
    private static final Atom GET_STATUS = Atom.of("get_status");
    private static final Atom UNKNOWN_SYSTEM_MSG = Atom.of("unknown_system_msg");
    /// In characters.
    private static final int MAX_MESSAGE_LENGTH = 10_000;

    private final GenServer server;
    private final HandlerProcess self;

    GenServerProcess(GenServer server, HandlerProcess self) {
        this.server = server;
        this.self = self;
    }

    @Override
    public void message(EncodedMessage message) throws Exception {
        EncodedTerm encoded = message.encoded().orElse(null);
        if (encoded == null) {
            server.handleInfo(message);
            return;
        }
        EtfInput in = encoded.open(self.context.processes().decodeLimits());
        Atom kind = kind(in);
        if (WellKnownAtoms.GEN_CAST.equals(kind)) {
            server.handleCast(rest(encoded, in));
            return;
        }
        GenCaller from = kind == null ? null : GenCaller.read(in).orElse(null);
        if (from == null) {
            server.handleInfo(message);
        } else if (SYSTEM.equals(kind)) {
            system(TermDecoder.decode(in), new GenReply(self, from));
        } else {
            call(rest(encoded, in), new GenReply(self, from));
        }
    }

    /// The first element of a tuple that a server knows; `null` for all other messages.
    private static @Nullable Atom kind(EtfInput in) {
        if (in.peek1() != Tag.SMALL_TUPLE) {
            return null;
        }
        int arity = TermDecoder.decodeTupleArity(in);
        if (arity != 2 && arity != 3) {
            return null;
        }
        Atom kind = Tag.isAtom(in.peek1()) ? TermDecoder.decodeAtom(in) : null;
        boolean known = arity == 2
                ? WellKnownAtoms.GEN_CAST.equals(kind)
                : WellKnownAtoms.GEN_CALL.equals(kind) || SYSTEM.equals(kind);
        return known ? kind : null;
    }

    private EncodedMessage rest(EncodedTerm encoded, EtfInput in) {
        return EncodedMessage.sent(encoded.from(in), self.context.decoding());
    }

    private void call(EncodedMessage request, GenServer.From from) throws Exception {
        try {
            server.handleCall(request, from);
        } catch (Throwable e) {
            from.fail(reason(e));
            throw e;
        }
    }

    private void system(Term request, GenServer.From from) {
        boolean shown = self.context.processes().allowsIntrospection();
        if (shown && request.equals(GET_STATE)) {
            from.reply(state());
        } else if (shown && request.equals(GET_STATUS)) {
            from.reply(status());
        } else if (request instanceof Tuple terminate && terminate.is(TERMINATE, 2)) {
            from.reply(Atom.OK);
            self.process.end(ExitReason.of(terminate.get(1)));
        } else {
            from.reply(Tuple.of(Atom.ERROR, Tuple.of(UNKNOWN_SYSTEM_MSG, request)));
        }
    }

    /// The answer that `sys:get_state` expects: `{ok, State}`, or `{error, Reason}`. SEEN: OTP 27 and 29; OTP 25
    /// takes the whole answer for the state.
    private Tuple state() {
        try {
            Object state = server.debugState();
            return Tuple.of(Atom.OK, state == null ? Atom.UNDEFINED : self.context.term(state));
        } catch (RuntimeException e) {
            return Tuple.of(Atom.ERROR, reason(e));
        }
    }

    /// The answer that `sys:get_status` expects. OTP: sys.erl:get_status, gen_server.erl:format_status/2
    private Tuple status() {
        Pid pid = self.self();
        Atom running = Atom.of("running");
        Term name = self.process.snapshot().names().stream()
                .findFirst()
                .<Term>map(it -> it)
                .orElse(pid);
        Atom data = Atom.of("data");
        ListTerm misc = ListTerm.of(
                Tuple.of(Atom.of("header"), charlist("Status for generic server " + name)),
                Tuple.of(
                        data,
                        ListTerm.of(
                                Tuple.of(charlist("Status"), running),
                                Tuple.of(charlist("Parent"), pid),
                                Tuple.of(charlist("Logged events"), ListTerm.EMPTY))),
                Tuple.of(data, ListTerm.of(Tuple.of(charlist("State"), state().get(1)))));
        return Tuple.of(
                Atom.of("status"),
                pid,
                Tuple.of(Atom.of("module"), Atom.of("gen_server")),
                ListTerm.of(ListTerm.EMPTY, running, pid, ListTerm.EMPTY, misc));
    }

    private static ListTerm charlist(String text) {
        return new ListTerm(text.codePoints().<Term>mapToObj(IntegerTerm::of).toList());
    }

    private static Term reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return Tuple.of(
                WellKnownAtoms.JAVA_EXCEPTION,
                Binary.of(failure.getClass().getName()),
                text(message.length() <= MAX_MESSAGE_LENGTH ? message : message.substring(0, MAX_MESSAGE_LENGTH)));
    }

    /// The text as a binary. A lone surrogate becomes a question mark.
    private static Term text(String text) {
        return Binary.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void terminated(Term reason) throws Exception {
        server.terminate(reason);
    }
}
