package dev.pier.fuzz;

import java.util.List;

/// A part of Pier that reads input from others.
///
/// Threads. One thread at a time.
public interface Target extends AutoCloseable {
    /// A name for the command line and the folder of its corpus.
    String name();

    /// Valid inputs to start from.
    List<byte[]> seeds();

    /// Byte strings with a meaning to this part, which mutations insert.
    default List<byte[]> dictionary() {
        return List.of();
    }

    /// How many bytes of heap one input may cost the thread that reads it. Bounds what is allocated from a length that
    /// an input only claims.
    ///
    /// @return `Long.MAX_VALUE` where other threads do the reading
    default long maxAllocation(int inputLength) {
        return Long.MAX_VALUE;
    }

    /// How many inputs a short run takes.
    int shortRun();

    /// Gives an input to the part.
    ///
    /// @return whether the part accepted it; inputs that it accepted are mutated further
    /// @throws Exception if the part did anything but accept or refuse the input
    boolean accepts(byte[] input) throws Exception;

    @Override
    default void close() {}
}
