package dev.pier.erlang.connection;

import static dev.pier.erlang.dist.TestSignals.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.pier.erlang.connection.FrameWriter.Result;
import dev.pier.erlang.dist.TestSignals;
import dev.pier.erlang.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The write owner between two looks at the queue: another thread enqueues during each of its first writes, and the
/// socket has room for all, some or no bytes. Every combination of both for three writes is a case.
///
/// [FrameWriterInterleavingsTest] searches the interleavings of real threads.
class FrameWriterOwnershipTest {
    private static final int WRITES = 3;

    private enum Room {
        ALL,
        SOME,
        NONE
    }

    private enum Enqueued {
        NOTHING,
        SIGNAL,
        REQUIRED_WITHOUT_FLUSH,
        TICK
    }

    private record Step(Room room, Enqueued enqueued) {}

    private static Stream<List<Step>> combinations() {
        List<Step> steps = Stream.of(Room.values())
                .flatMap(room -> Stream.of(Enqueued.values()).map(enqueued -> new Step(room, enqueued)))
                .toList();
        Stream<List<Step>> all = Stream.of(List.of());
        for (int write = 0; write < WRITES; write++) {
            all = all.flatMap(before -> steps.stream()
                    .map(step -> Stream.concat(before.stream(), Stream.of(step)).toList()));
        }
        return all;
    }

    /// Follows the steps, and fails if two threads write at once.
    private static final class ScriptedTransport implements Transport {
        private final List<Step> steps;
        private final AtomicBoolean writing = new AtomicBoolean();
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final List<String> accepted = new ArrayList<>();
        private @Nullable FrameWriter writer;
        private int writes;

        ScriptedTransport(List<Step> steps) {
            this.steps = steps;
        }

        @Override
        public void writeWhatFits(ByteBuffer from) {
            if (!writing.compareAndSet(false, true)) {
                throw new IllegalStateException("two write owners");
            }
            Step step = writes < steps.size() ? steps.get(writes) : new Step(Room.ALL, Enqueued.NOTHING);
            writes++;
            int room = Math.min(
                    from.remaining(),
                    switch (step.room()) {
                        case ALL -> from.remaining();
                        case SOME -> TestSignals.LENGTH_BYTES + 1;
                        case NONE -> 0;
                    });
            byte[] bytes = new byte[room];
            from.get(bytes);
            written.writeBytes(bytes);
            enqueue(step.enqueued(), "s" + writes);
            writing.set(false);
        }

        /// As another thread would, which finds the queue unlocked during a write.
        private void enqueue(Enqueued what, String text) {
            Result result = switch (what) {
                case NOTHING -> Result.ACCEPTED;
                case SIGNAL -> writer().enqueue(small(1, text));
                case REQUIRED_WITHOUT_FLUSH -> writer().enqueueRequiredWithoutFlush(small(1, text));
                case TICK -> writer().enqueueTick();
            };
            assertThat(result).as("there is a write owner already").isEqualTo(Result.ACCEPTED);
            if (what == Enqueued.SIGNAL || what == Enqueued.REQUIRED_WITHOUT_FLUSH) {
                accepted.add(text);
            }
        }

        void endScript() {
            writes = WRITES;
        }

        private FrameWriter writer() {
            return Objects.requireNonNull(writer);
        }

        @Override
        public int read(ByteBuffer into) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void awaitRoom() {
            // The next step has room, or the one after it.
        }

        @Override
        public void close() {
            // No step closes the transport.
        }
    }

    @Test
    @Timeout(60)
    void everySignalIsWrittenOnceInOrderByOneOwnerAtATime() {
        combinations()
                .forEach(steps ->
                        assertThatCode(() -> run(steps)).as("%s", steps).doesNotThrowAnyException());
    }

    private static void run(List<Step> steps) throws InterruptedException {
        ScriptedTransport transport = new ScriptedTransport(steps);
        List<Throwable> failures = new ArrayList<>();
        FrameWriter writer = new FrameWriter(transport, new ConnectionStats(), 1000, failures::add);
        transport.writer = writer;
        Thread thread = Thread.ofVirtual().start(writer);

        assertThat(writer.enqueue(small(1, "first"))).isEqualTo(Result.ACCEPTED_OWNER);
        writer.write();
        while (writer.depth() > 0) {
            Thread.onSpinWait();
        }
        transport.endScript();
        assertThat(writer.bytes()).isZero();
        assertThat(writer.becomeOwner()).as("no signal is left").isFalse();
        assertThat(writer.enqueueRequiredWithoutFlush(small(1, "last"))).isEqualTo(Result.ACCEPTED);
        assertThat(writer.becomeOwner())
                .as("the write owner gave up its ownership")
                .isTrue();
        writer.write();

        List<String> expected = new ArrayList<>(transport.accepted);
        expected.addFirst("first");
        expected.addLast("last");
        assertThat(TestSignals.labels(transport.written.toByteArray())).isEqualTo(expected);
        assertThat(failures).isEmpty();
        writer.close();
        thread.join();
    }
}
