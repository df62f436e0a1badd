package dev.pier.erlang.connection;

import static dev.pier.erlang.dist.TestSignals.small;

import dev.pier.erlang.connection.FrameWriter.Result;
import dev.pier.erlang.dist.TestSignals;
import dev.pier.erlang.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Searches the interleavings of senders, reader and writer thread for one in which a signal is left without a write
/// owner, two threads write at once, the accounting does not return to zero, or the signals of a sender overtake each
/// other.
///
/// Lincheck runs each thread step by step. It follows objects only through fields, so the threads are classes instead
/// of lambdas; and it follows `join` only on variables of the type [Thread].
@Tag("stress")
class FrameWriterInterleavingsTest {
    private static final int INVOCATIONS = 300;

    /// Takes all bytes, or none with the first writes; fails if two threads write at once.
    private static final class ModelTransport implements Transport {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private int writesWithoutRoom;
        private boolean writing;

        ModelTransport(int writesWithoutRoom) {
            this.writesWithoutRoom = writesWithoutRoom;
        }

        @Override
        public void writeWhatFits(ByteBuffer from) {
            require(!writing, "two write owners");
            writing = true;
            if (writesWithoutRoom > 0) {
                writesWithoutRoom--;
            } else {
                byte[] bytes = new byte[from.remaining()];
                from.get(bytes);
                written.writeBytes(bytes);
            }
            writing = false;
        }

        @Override
        public int read(ByteBuffer into) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void awaitRoom() {
            // The next write has room.
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }
    }

    /// Enqueues two signals.
    private static final class Sender extends Thread {
        private final FrameWriter writer;
        private final int number;

        Sender(FrameWriter writer, int number) {
            this.writer = writer;
            this.number = number;
        }

        @Override
        public void run() {
            for (int i = 1; i <= 2; i++) {
                if (writer.enqueue(small(number, number + "." + i)) == Result.ACCEPTED_OWNER) {
                    writer.write();
                }
            }
        }
    }

    /// Enqueues two signals without flush, and flushes before it would wait.
    private static final class Reader extends Thread {
        private final FrameWriter writer;

        Reader(FrameWriter writer) {
            this.writer = writer;
        }

        @Override
        public void run() {
            writer.enqueueRequiredWithoutFlush(small(0, "0.1"));
            writer.enqueueRequiredWithoutFlush(small(0, "0.2"));
            if (writer.becomeOwner()) {
                writer.write();
            }
        }
    }

    private static void require(boolean fine, String what) {
        if (!fine) {
            throw new AssertionError(what);
        }
    }

    private static void start(Thread... threads) {
        for (Thread thread : threads) {
            thread.start();
        }
    }

    private static void join(Thread... threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static FrameWriter writer(Transport transport) {
        return new FrameWriter(transport, new ConnectionStats(), 1000, FrameWriterInterleavingsTest::fail);
    }

    /// Begins a burst with its first signal.
    private static FrameWriter burstingWriter(Transport transport) {
        return new FrameWriter(
                transport, new ConnectionStats(), 1000, new Bursts(1, () -> 0), FrameWriterInterleavingsTest::fail);
    }

    private static void fail(Throwable failure) {
        throw new AssertionError(failure);
    }

    private static void requireAllWritten(FrameWriter writer, ModelTransport transport, String... senders) {
        require(writer.depth() == 0, "a signal is left");
        require(writer.bytes() == 0, "the accounting is not zero");
        List<String> labels = TestSignals.labels(transport.written.toByteArray());
        require(labels.size() == 2 * senders.length, "a signal was not written once");
        for (String sender : senders) {
            int first = labels.indexOf(sender + ".1");
            require(first >= 0 && labels.indexOf(sender + ".2") > first, "a signal overtook another");
        }
    }

    private static void requireNoOwner(FrameWriter writer) {
        require(writer.enqueue(small(9, "9")) == Result.ACCEPTED_OWNER, "there is still a write owner");
    }

    @Test
    void sendersAndReaderLeaveNoSignalWithoutOwner() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelTransport transport = new ModelTransport(0);
            FrameWriter writer = writer(transport);
            Thread[] threads = {new Sender(writer, 1), new Sender(writer, 2), new Reader(writer)};
            start(threads);
            join(threads);
            requireAllWritten(writer, transport, "0", "1", "2");
            requireNoOwner(writer);
        });
    }

    @Test
    void ownershipPassesToTheWriterThreadAndBack() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelTransport transport = new ModelTransport(2);
            FrameWriter writer = writer(transport);
            Thread writerThread = new Thread(writer);
            Thread[] senders = {new Sender(writer, 1), new Sender(writer, 2)};
            start(writerThread);
            start(senders);
            join(senders);
            while (writer.depth() > 0) {
                Thread.onSpinWait();
            }
            requireAllWritten(writer, transport, "1", "2");
            requireNoOwner(writer);
            writer.close();
            join(writerThread);
        });
    }

    /// For Lincheck, no time passes: the writer thread gathers until a thread becomes the write owner to flush.
    @Test
    void theSignalsOfABurstLeaveInOrder() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelTransport transport = new ModelTransport(0);
            FrameWriter writer = burstingWriter(transport);
            Thread writerThread = new Thread(writer);
            Thread[] threads = {new Sender(writer, 1), new Sender(writer, 2), new Reader(writer)};
            start(writerThread);
            start(threads);
            join(threads);
            if (writer.becomeOwner()) {
                writer.write();
            }
            while (writer.depth() > 0) {
                Thread.onSpinWait();
            }
            requireAllWritten(writer, transport, "0", "1", "2");
            writer.close();
            join(writerThread);
        });
    }

    @Test
    void closingLeavesNothingToASender() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> close(new ModelTransport(0)));
    }

    @Test
    void closingEndsTheWriterThread() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> close(new ModelTransport(1)));
    }

    private static void close(ModelTransport transport) {
        FrameWriter writer = writer(transport);
        Thread writerThread = new Thread(writer);
        Thread sender = new Sender(writer, 1);
        start(writerThread, sender);
        writer.close();
        join(writerThread, sender);
        require(writer.depth() == 0 && writer.bytes() == 0, "the accounting is not zero");
        require(writer.enqueue(small(9, "9")) == Result.CLOSED, "a closed writer accepts a signal");
    }
}
