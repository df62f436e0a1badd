package dev.pier.erlang.process;

import dev.pier.erlang.NotConnected;
import dev.pier.erlang.UnsupportedByPeer;
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

/// Sends what processes of this node send: over a connection, opened if necessary, or inside the node.
///
/// All methods throw [dev.pier.erlang.BadArgument] if the payload has no Erlang form, [NotConnected] if the
/// receiver's node cannot be reached by the deadline, and [dev.pier.erlang.Overloaded] if the queue to it is full;
/// nothing was sent then. A message to a process that does not exist is discarded without a report.
///
/// Threads: any. The caller's thread encodes, and opens the connection if necessary.
public final class MessageSender {
    private static final int TYPICAL_BYTES = 256;

    private final ProcessTable processes;

    public MessageSender(ProcessTable processes) {
        this.processes = processes;
    }

    public void send(Pid from, Pid to, Consumer<EtfOutput> message, long deadlineNanos) {
        if (processes.isLocal(to.node())) {
            EncodedTerm encoded = encode(message);
            processes.find(to).ifPresent(process -> process.message(encoded));
        } else {
            sendToPeer(to.node(), new ControlMessage.Send(from, to), from, message, deadlineNanos);
        }
    }

    public void send(Pid from, Atom name, Atom node, Consumer<EtfOutput> message, long deadlineNanos) {
        if (processes.isLocal(node)) {
            EncodedTerm encoded = encode(message);
            processes.whereis(name).ifPresent(process -> process.message(encoded));
        } else {
            sendToPeer(node, new ControlMessage.RegSend(from, name), from, message, deadlineNanos);
        }
    }

    /// Sends to an alias.
    ///
    /// @throws UnsupportedByPeer if its node offers no aliases; nothing was sent
    public void send(Pid from, Reference alias, Consumer<EtfOutput> message, long deadlineNanos) {
        if (processes.isLocal(alias.node())) {
            sendHere(alias, message);
            return;
        }
        Session session = processes.requireSession(alias.node(), deadlineNanos);
        if (!session.connection().capabilities().alias()) {
            throw new UnsupportedByPeer("send to an alias of " + session, "DFLAG_ALIAS");
        }
        sendToPeer(session, new ControlMessage.AliasSend(from, alias), from, message);
    }

    private void sendHere(Reference alias, Consumer<EtfOutput> message) {
        EncodedTerm encoded = encode(message);
        processes.alias(alias).ifPresent(process -> process.message(encoded));
    }

    /// Answers a `gen` call over the connection that brought the request. If that has ended, its caller no longer
    /// waits, even if a process with the same pid is connected again.
    public static void answer(Session session, Pid from, Pid caller, Term tag, Consumer<EtfOutput> answer) {
        Reference alias = GenTag.aliasOf(tag).orElse(null);
        sendToPeer(session, replySignal(session, from, caller, alias), from, tagged(tag, answer));
    }

    /// The same without waiting: for readers.
    public static void answerFromReader(Session session, Pid from, Pid caller, Term tag, Consumer<EtfOutput> answer) {
        Reference alias = GenTag.aliasOf(tag).orElse(null);
        session.sendRequired(replySignal(session, from, caller, alias), from, tagged(tag, answer));
    }

    /// Answers a `gen` call. The answer goes to the alias in the tag where there is one, so that a late answer
    /// is discarded.
    public void reply(Pid from, Pid caller, Term tag, Consumer<EtfOutput> answer, long deadlineNanos) {
        Consumer<EtfOutput> message = tagged(tag, answer);
        Reference alias = GenTag.aliasOf(tag).orElse(null);
        if (alias == null) {
            send(from, caller, message, deadlineNanos);
        } else if (processes.isLocal(alias.node())) {
            sendHere(alias, message);
        } else {
            Session session = processes.requireSession(alias.node(), deadlineNanos);
            sendToPeer(session, replySignal(session, from, caller, alias), from, message);
        }
    }

    private static Consumer<EtfOutput> tagged(Term tag, Consumer<EtfOutput> answer) {
        return out -> {
            TermEncoder.encodeTupleHeader(2, out);
            TermEncoder.encode(tag, out);
            answer.accept(out);
        };
    }

    /// The signal that brings an answer to its caller: to the alias where there is one and the peer offers
    /// DFLAG_ALIAS, else to the pid.
    static ControlMessage replySignal(Session session, Pid from, Pid caller, @Nullable Reference alias) {
        return alias != null && session.connection().capabilities().alias()
                ? new ControlMessage.AliasSend(from, alias)
                : new ControlMessage.Send(from, caller);
    }

    public void exit(Pid from, Pid to, ExitReason reason, long deadlineNanos) {
        if (processes.isLocal(to.node())) {
            processes.find(to).ifPresent(process -> ExitPropagation.run(() -> process.exitSignal(from, reason)));
            return;
        }
        Session session = processes.requireSession(to.node(), deadlineNanos);
        try {
            ExitSignals.exit2(session, from, to, reason);
        } catch (ConnectionEnded e) {
            throw connectionLost(session, e);
        }
    }

    private void sendToPeer(
            Atom node, ControlMessage control, Pid from, Consumer<EtfOutput> message, long deadlineNanos) {
        sendToPeer(processes.requireSession(node, deadlineNanos), control, from, message);
    }

    private static void sendToPeer(Session session, ControlMessage control, Pid from, Consumer<EtfOutput> payload) {
        try {
            session.send(control, from, payload);
        } catch (ConnectionEnded e) {
            throw connectionLost(session, e);
        }
    }

    private static NotConnected connectionLost(Session session, ConnectionEnded cause) {
        return new NotConnected("not connected to " + session + ": the connection has just been lost", cause);
    }

    private static EncodedTerm encode(Consumer<EtfOutput> message) {
        EtfOutput out = new EtfOutput(TYPICAL_BYTES);
        message.accept(out);
        return EncodedTerm.of(out.toByteArray());
    }
}
