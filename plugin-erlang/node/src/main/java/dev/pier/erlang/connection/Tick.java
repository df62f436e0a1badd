package dev.pier.erlang.connection;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.nio.ByteBuffer;
import java.util.Collection;

/// The frame of no bytes that says that we are alive.
///
/// SPEC: erl_dist_protocol, "Protocol between Connected Nodes": a length of 0.
enum Tick implements Outbound {
    TICK;

    private static final Pid NOBODY = new Pid(Atom.EMPTY, 0, 0, 0);

    @Override
    public Pid sender() {
        return NOBODY;
    }

    @Override
    public long size() {
        return Integer.BYTES;
    }

    @Override
    public boolean addNextFrame(Collection<? super ByteBuffer> write) {
        write.add(ByteBuffer.allocate(Integer.BYTES));
        return false;
    }
}
