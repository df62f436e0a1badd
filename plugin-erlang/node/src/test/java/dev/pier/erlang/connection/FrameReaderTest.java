package dev.pier.erlang.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.dist.ProtocolViolation;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private final MemoryTransport transport = new MemoryTransport();
    private final ConnectionStats stats = new ConnectionStats();
    private final AtomicInteger readyToRead = new AtomicInteger();
    private final FrameReader reader = new FrameReader(transport, stats, 1_000_000, readyToRead::incrementAndGet);

    private static byte[] frame(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        return ByteBuffer.allocate(4 + size).putInt(size).put(body).array();
    }

    private static byte[] body(int size) {
        return Arrays.copyOfRange(frame(size), 4, 4 + size);
    }

    @Test
    void severalFramesInOneRead() throws IOException {
        ByteBuffer all = ByteBuffer.allocate(200);
        all.put(frame(3)).put(frame(0)).put(frame(50));
        transport.feed(Arrays.copyOf(all.array(), all.position()));
        transport.feedEnd();
        assertThat(reader.next()).isEqualTo(body(3));
        assertThat(reader.next()).isEmpty();
        assertThat(reader.next()).isEqualTo(body(50));
        assertThat(readyToRead).as("runs before the first read").hasValue(1);
        assertThat(reader.next()).isNull();
        assertThat(readyToRead).as("runs when all frames have been returned").hasValue(2);
        assertThat(stats.bytesIn()).isEqualTo(all.position());
    }

    @Test
    void oneByteAtATime() throws IOException {
        for (byte b : frame(20)) {
            transport.feed(b);
        }
        assertThat(reader.next()).isEqualTo(body(20));
    }

    @Test
    void framesOfAllSizesAroundTheBuffers() throws IOException {
        int[] sizes = {65_531, 65_532, 65_533, 65_536, 65_537, 131_072, 131_073, 999_999, 1_000_000, 1};
        for (int size : sizes) {
            byte[] bytes = frame(size);
            for (int at = 0; at < bytes.length; at += 10_007) {
                transport.feed(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 10_007)));
            }
        }
        for (int size : sizes) {
            assertThat(reader.next()).as("frame of %d bytes", size).isEqualTo(body(size));
        }
    }

    @Test
    void aLengthBeyondTheLimitNamesTheLimitAndAllocatesNothing() {
        transport.feed((byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff);
        assertThatThrownBy(reader::next)
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("4294967295")
                .hasMessageContaining("1000000")
                .hasMessageContaining("erlang.limits.frame");
    }

    @Test
    void aStreamThatEndsInsideAFrameFails() {
        transport.feed(new byte[] {0, 0, 0, 9, 1, 2});
        transport.feedEnd();
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class).hasMessageContaining("frame of 9 bytes");
    }

    @Test
    void aStreamThatEndsInsideALengthFails() {
        transport.feed(new byte[] {0, 0});
        transport.feedEnd();
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }
}
