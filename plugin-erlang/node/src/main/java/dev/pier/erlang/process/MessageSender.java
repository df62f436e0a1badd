package dev.pier.erlang.process;

import dev.pier.erlang.NotConnected;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Carries what processes of this node send: over a connection, opened if need be, or inside the node. Encodes on the
/// sender's thread; has no thread and no state of its own.
///
/// All methods throw [dev.pier.erlang.BadArgument] if the payload has no Erlang form, [NotConnected] if the receiver's
/// node cannot be reached by the deadline, and [dev.pier.erlang.Overloaded] if the queue to it is full; nothing was
/// sent then. A receiver that does not exist gets nothing, and nobody is told.
public final class MessageSender {
    private static final int TYPICAL_BYTES = 256;

    private final ProcessTable processes;

    public MessageSender(ProcessTable processes) {
        this.processes = processes;
    }

    public void send(Pid from, Pid to, Consumer<EtfOutput> message, long deadlineNanos) {
        if (processes.isHere(to.node())) {
            EncodedTerm encoded = encode(message);
            processes.find(to).ifPresent(process -> process.message(encoded));
        } else {
            remote(to.node(), new ControlMessage.Send(from, to), from, message, deadlineNanos);
        }
    }

    public void send(Pid from, Atom name, Atom node, Consumer<EtfOutput> message, long deadlineNanos) {
        if (processes.isHere(node)) {
            EncodedTerm encoded = encode(message);
            processes.whereis(name).ifPresent(process -> process.message(encoded));
        } else {
            remote(node, new ControlMessage.RegSend(from, name), from, message, deadlineNanos);
        }
    }

    /// Answers a `gen` call: to the alias in the tag where there is one, so that a late answer is nobody's.
    public void reply(Pid from, Pid caller, Term tag, Consumer<EtfOutput> answer, long deadlineNanos) {
        Consumer<EtfOutput> message = out -> {
            TermEncoder.encodeTupleHeader(2, out);
            TermEncoder.encode(tag, out);
            answer.accept(out);
        };
        Reference alias = GenTag.aliasOf(tag).orElse(null);
        if (alias == null) {
            send(from, caller, message, deadlineNanos);
        } else if (processes.isHere(alias.node())) {
            EncodedTerm encoded = encode(message);
            processes.alias(alias).ifPresent(process -> process.message(encoded));
        } else {
            Session session = processes.requireSession(alias.node(), deadlineNanos);
            ControlMessage control = session.connection().capabilities().alias()
                    ? new ControlMessage.AliasSend(from, alias)
                    : new ControlMessage.Send(from, caller);
            remote(session, control, from, message);
        }
    }

    public void exit(Pid from, Pid to, ExitReason reason, long deadlineNanos) {
        if (processes.isHere(to.node())) {
            processes.find(to).ifPresent(process -> ExitPropagation.run(() -> process.exitSignal(from, reason)));
            return;
        }
        Session session = processes.requireSession(to.node(), deadlineNanos);
        if (session.connection().capabilities().exitPayload()) {
            remote(
                    session,
                    new ControlMessage.PayloadExit2(from, to),
                    from,
                    out -> TermEncoder.encode(reason.term(), out));
        } else {
            remote(session, new ControlMessage.Exit2(from, to, reason.term()), from, null);
        }
    }

    private void remote(Atom node, ControlMessage control, Pid from, Consumer<EtfOutput> message, long deadlineNanos) {
        remote(processes.requireSession(node, deadlineNanos), control, from, message);
    }

    private static void remote(
            Session session, ControlMessage control, Pid from, @Nullable Consumer<EtfOutput> payload) {
        try {
            if (payload == null) {
                session.send(control, from);
            } else {
                session.send(control, from, payload);
            }
        } catch (ConnectionEnded e) {
            throw new NotConnected("not connected to " + session + ": the connection has just been lost", e);
        }
    }

    private static EncodedTerm encode(Consumer<EtfOutput> message) {
        EtfOutput out = new EtfOutput(TYPICAL_BYTES);
        message.accept(out);
        return EncodedTerm.of(out.toByteArray());
    }
}
