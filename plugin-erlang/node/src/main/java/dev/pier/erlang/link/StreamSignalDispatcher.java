package dev.pier.erlang.link;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Pid;
import org.jspecify.annotations.Nullable;

/// Brings messages to the one process that a lane has at a time: the consumer of its stream. What is for others is
/// answered as by the node itself. Runs on the lane's reader.
public final class StreamSignalDispatcher implements Session.ProcessSignals {
    /// Who takes messages, and what to.
    private record Mailbox(Pid owner, BulkLane.Receiver receiver) {}

    private final Session.ProcessSignals others;
    private volatile @Nullable Mailbox mailbox;

    public StreamSignalDispatcher(Session.ProcessSignals others) {
        this.others = others;
    }

    void open(Pid owner, BulkLane.Receiver receiver) {
        mailbox = new Mailbox(owner, receiver);
    }

    void close() {
        mailbox = null;
    }

    @Override
    public void signal(Session session, ControlMessage control, EncodedTerm payload) throws ProtocolViolation {
        if (control instanceof ControlMessage.Send(var _, Pid to)) {
            // Messages to the consumer of an earlier stream, which was closed early, may still be on their way.
            BulkLane.Receiver receiver = receiver(to);
            if (receiver != null) {
                receiver.message(payload);
            }
        } else {
            others.signal(session, control, payload);
        }
    }

    @Override
    public void oversized(Session session, ControlMessage control, String limit) throws ProtocolViolation {
        if (control instanceof ControlMessage.Send(var _, Pid to)) {
            BulkLane.Receiver receiver = receiver(to);
            if (receiver != null) {
                receiver.oversized(limit);
            }
        } else {
            others.oversized(session, control, limit);
        }
    }

    @Override
    public void lost(Session session) {
        others.lost(session);
    }

    private BulkLane.@Nullable Receiver receiver(Pid to) {
        Mailbox now = mailbox;
        return now != null && now.owner().equals(to) ? now.receiver() : null;
    }
}
