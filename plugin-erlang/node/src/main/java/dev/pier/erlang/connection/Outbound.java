package dev.pier.erlang.connection;

import dev.pier.erlang.term.Pid;
import java.nio.ByteBuffer;
import java.util.Collection;

/// One signal on its way out: one frame, or the fragments of a large one. Made by the sender's thread, then taken
/// frame by frame by the connection's writer only.
public interface Outbound {
    /// Whose signals these are: signals of one sender never overtake each other.
    Pid sender();

    /// About how many bytes it takes, for the queue's bound.
    long size();

    /// Adds the bytes of its next frame, the length included.
    ///
    /// @return whether there is another frame after this one
    boolean addNextFrame(Collection<? super ByteBuffer> write);
}
