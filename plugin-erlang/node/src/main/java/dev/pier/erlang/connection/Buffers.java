package dev.pier.erlang.connection;

import java.nio.ByteBuffer;

/// The sizes of the read buffer and the write buffer of a connection. Buffers start small, because most connections are
/// idle, and grow when they fill up.
final class Buffers {
    static final int FIRST_BYTES = 4 << 10;
    static final int MAX_BYTES = 64 << 10;

    private Buffers() {}

    /// An empty buffer, to be written into.
    static ByteBuffer first() {
        return ByteBuffer.allocateDirect(FIRST_BYTES);
    }

    static boolean mayGrow(ByteBuffer buffer) {
        return buffer.capacity() < MAX_BYTES;
    }

    /// A larger buffer with the same bytes. Both buffers are in the state for writing into them.
    static ByteBuffer grown(ByteBuffer buffer) {
        return ByteBuffer.allocateDirect(Math.min(MAX_BYTES, 4 * buffer.capacity()))
                .put(buffer.flip());
    }
}
