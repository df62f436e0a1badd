package dev.pier.erlang.link;

import dev.pier.erlang.connection.Outbound;
import dev.pier.erlang.dist.OutboundMessage;
import dev.pier.erlang.term.Pid;
import java.nio.ByteBuffer;
import java.util.Collection;

/// An encoded signal in a connection's queue.
record QueuedSignal(Pid sender, OutboundMessage message) implements Outbound {
    @Override
    public long size() {
        return message.size();
    }

    @Override
    public boolean addNextFrame(Collection<? super ByteBuffer> write) {
        return message.addNextFrame(write);
    }
}
