package dev.pier.erlang.link;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Pid;
import org.jspecify.annotations.Nullable;

/// Delivers the messages on a lane to the consumer of its stream. Signals for other processes go to the dispatcher
/// of the node.
///
/// Threads: the lane's reader; `open` and `close` are called by the stream.
public final class StreamSignalDispatcher implements Session.ProcessSignals {
    private record Consumer(Pid owner, BulkLane.Receiver receiver) {}

    private final Session.ProcessSignals others;
    private volatile @Nullable Consumer consumer;

    /// @param others receives the signals for other processes
    public StreamSignalDispatcher(Session.ProcessSignals others) {
        this.others = others;
    }

    void open(Pid owner, BulkLane.Receiver receiver) {
        consumer = new Consumer(owner, receiver);
    }

    void close() {
        consumer = null;
    }

    @Override
    public void signal(Session session, ControlMessage control, EncodedTerm payload) throws ProtocolViolation {
        if (control instanceof ControlMessage.Send(var _, Pid to)) {
            // Messages for the consumer of an earlier stream, which was closed early, may still arrive.
            BulkLane.Receiver receiver = receiver(to);
            if (receiver != null) {
                receiver.message(payload);
            }
        } else {
            others.signal(session, control, payload);
        }
    }

    @Override
    public void oversized(Session session, ControlMessage control, EncodedTerm head, String limit)
            throws ProtocolViolation {
        if (control instanceof ControlMessage.Send(var _, Pid to)) {
            BulkLane.Receiver receiver = receiver(to);
            if (receiver != null) {
                receiver.oversized(limit);
            }
        } else {
            others.oversized(session, control, head, limit);
        }
    }

    @Override
    public void lost(Session session) {
        others.lost(session);
    }

    private BulkLane.@Nullable Receiver receiver(Pid to) {
        Consumer now = consumer;
        return now != null && now.owner().equals(to) ? now.receiver() : null;
    }
}
