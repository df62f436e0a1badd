package dev.pier.erlang.mailbox;

import dev.pier.erlang.credit.SharedBytes;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.mailbox.MessageQueue.Entry;
import dev.pier.erlang.mailbox.MessageQueue.Result;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.term.Atom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Searches the interleavings of senders and receivers for one in which a message is lost or received twice, or a
/// receiver is not woken.
///
/// Lincheck runs each thread step by step. It follows objects only through fields, so the threads are classes instead
/// of lambdas; and it follows `join` only on variables of the type [Thread].
@Tag("stress")
class MessageQueueInterleavingsTest {
    private static final int INVOCATIONS = 500;
    private static final long NO_DEADLINE = Long.MAX_VALUE / 2;
    private static final Atom SENDER = Atom.of("a@h");
    private static final EncodedTerm TERM = EncodedTerm.of(new byte[] {97, 1});
    private static final EncodedMessage.Decoding DECODING =
            new EncodedMessage.Decoding(new EtfValueMapper(), DecodeLimits.DEFAULT);
    private static final List<EncodedMessage> MESSAGES = IntStream.range(0, 2)
            .mapToObj(_ -> EncodedMessage.sent(TERM, DECODING))
            .toList();

    /// Wakes a parked thread only by [#wake], while Lincheck lets `LockSupport.park` return early.
    private static final class ModelQueue extends MessageQueue {
        private final Object lock = new Object();

        /// Guarded by `lock`.
        private final Set<Thread> woken = new HashSet<>();

        ModelQueue() {
            super(10, 100, new SharedBytes(1000));
        }

        @Override
        void park(long deadlineNanos) {
            synchronized (lock) {
                while (!woken.remove(Thread.currentThread())) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        }

        @Override
        void wake(Thread[] threads) {
            synchronized (lock) {
                woken.addAll(List.of(threads));
                lock.notifyAll();
            }
        }
    }

    /// Sends the two messages.
    private static final class Sender extends Thread {
        private final MessageQueue queue;

        Sender(MessageQueue queue) {
            this.queue = queue;
        }

        @Override
        public void run() {
            queue.offer(MESSAGES.get(0), TERM, SENDER);
            queue.add(MESSAGES.get(1), SENDER);
        }
    }

    /// Receives the given number of messages, unless the queue is closed.
    private static final class Receiver extends Thread {
        private final MessageQueue queue;
        private final int wanted;
        private final List<EncodedMessage> received = new ArrayList<>();

        Receiver(MessageQueue queue, int wanted) {
            this.queue = queue;
            this.wanted = wanted;
        }

        @Override
        public void run() {
            try {
                while (received.size() < wanted) {
                    Entry entry = queue.awaitAfter(null, NO_DEADLINE);
                    if (entry == null) {
                        return;
                    }
                    if (queue.take(entry)) {
                        received.add(entry.message());
                    }
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// Closes the queue.
    private static final class Closer extends Thread {
        private final MessageQueue queue;

        Closer(MessageQueue queue) {
            this.queue = queue;
        }

        @Override
        public void run() {
            queue.close();
        }
    }

    private static void require(boolean fine, String problem) {
        if (!fine) {
            throw new AssertionError(problem);
        }
    }

    private static void run(Thread one, Thread two, Thread three) {
        one.start();
        two.start();
        three.start();
        try {
            one.join();
            two.join();
            three.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyMessageIsReceivedOnceAndEveryReceiverIsWoken() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            MessageQueue queue = new ModelQueue();
            Receiver one = new Receiver(queue, 1);
            Receiver two = new Receiver(queue, 1);
            run(one, two, new Sender(queue));
            require(one.received.size() == 1 && two.received.size() == 1, "a message is lost");
            require(one.received.get(0) != two.received.get(0), "a message is received twice");
            require(queue.size() == 0, "a message is left");
        });
    }

    @Test
    @SuppressWarnings("DoNotCall") // The first sender runs on this thread, before the receivers start.
    void waitingMessagesAreReceivedOnce() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            MessageQueue queue = new ModelQueue();
            new Sender(queue).run();
            Receiver one = new Receiver(queue, 2);
            Receiver two = new Receiver(queue, 2);
            run(one, two, new Sender(queue));
            require(one.received.size() == 2 && two.received.size() == 2, "a message is lost");
            require(queue.size() == 0, "a message is left");
        });
    }

    @Test
    void closingWakesEveryReceiver() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            MessageQueue queue = new ModelQueue();
            run(new Receiver(queue, 1), new Receiver(queue, 1), new Closer(queue));
            require(queue.offer(MESSAGES.get(0), TERM, SENDER) == Result.CLOSED, "a closed queue accepts a message");
        });
    }
}
