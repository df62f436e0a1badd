package dev.pier.erlang.link;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Pid;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Delivers messages for the consumers of streams. Signals for processes go to the dispatcher of the node.
///
/// Threads: the readers of connections deliver; any thread opens and closes a consumer.
public final class StreamSignalDispatcher implements Session.ProcessSignals {
    private record Consumer(Session session, BulkLane.Receiver receiver) {}

    private final Session.ProcessSignals others;
    private final boolean lane;
    private final ConcurrentHashMap<Pid, Consumer> consumers = new ConcurrentHashMap<>();

    private StreamSignalDispatcher(Session.ProcessSignals others, boolean lane) {
        this.others = others;
        this.lane = lane;
    }

    /// A dispatcher for connections that streams share with everything else.
    ///
    /// @param others receives the signals for processes
    public static StreamSignalDispatcher shared(Session.ProcessSignals others) {
        return new StreamSignalDispatcher(others, false);
    }

    /// A dispatcher for one lane, on which no message is for a process.
    ///
    /// @param others receives the signals for processes
    public static StreamSignalDispatcher lane(Session.ProcessSignals others) {
        return new StreamSignalDispatcher(others, true);
    }

    /// Delivers the messages that a connection brings for a process of this node to a receiver.
    public void open(Session session, Pid owner, BulkLane.Receiver receiver) {
        consumers.put(owner, new Consumer(session, receiver));
    }

    /// Discards later messages for the process.
    public void close(Pid owner) {
        consumers.remove(owner);
    }

    void closeAll() {
        consumers.clear();
    }

    @Override
    public void signal(Session session, ControlMessage control, EncodedTerm payload) throws ProtocolViolation {
        BulkLane.Receiver receiver = receiver(session, control);
        if (receiver != null) {
            receiver.message(payload);
        } else if (!isLate(control)) {
            others.signal(session, control, payload);
        }
    }

    @Override
    public void oversized(Session session, ControlMessage control, EncodedTerm head, String limit)
            throws ProtocolViolation {
        BulkLane.Receiver receiver = receiver(session, control);
        if (receiver != null) {
            receiver.oversized(limit);
        } else if (!isLate(control)) {
            others.oversized(session, control, head, limit);
        }
    }

    @Override
    public void lost(Session session) {
        others.lost(session);
    }

    /// Whether a message is for the consumer of an earlier stream, which was closed early.
    private boolean isLate(ControlMessage control) {
        return lane && control instanceof ControlMessage.Send;
    }

    /// The receiver of a message. Only the node that was asked may answer.
    private BulkLane.@Nullable Receiver receiver(Session session, ControlMessage control) {
        if (consumers.isEmpty() || !(control instanceof ControlMessage.Send(var _, Pid to))) {
            return null;
        }
        Consumer consumer = consumers.get(to);
        return consumer != null && consumer.session() == session ? consumer.receiver() : null;
    }
}
