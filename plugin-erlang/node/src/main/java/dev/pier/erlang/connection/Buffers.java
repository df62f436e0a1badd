package dev.pier.erlang.connection;

import java.nio.ByteBuffer;

/// The sizes of a connection's two buffers. They start small, because most of hundreds of connections say little, and
/// grow with what they carry.
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

    /// A larger one with the same bytes in it, both as they are while they are written into.
    static ByteBuffer grown(ByteBuffer buffer) {
        return ByteBuffer.allocateDirect(Math.min(MAX_BYTES, 4 * buffer.capacity()))
                .put(buffer.flip());
    }
}
