package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of `java.util.concurrent.Flow`, for the messages of a mailbox of a real node.
class MailboxPublisherIT {
    private static TestNode node;

    private Mailbox mailbox;
    private final Probe probe = new Probe();

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start("publisher");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void open() {
        mailbox = node.processes().mailbox();
    }

    @AfterEach
    void close() {
        mailbox.close();
    }

    /// Records what a publisher does, and whether two of its calls overlap.
    private static class Probe implements Flow.Subscriber<Message> {
        final List<Integer> received = new CopyOnWriteArrayList<>();
        final List<String> ends = new CopyOnWriteArrayList<>();
        final List<Throwable> failures = new CopyOnWriteArrayList<>();
        final AtomicInteger inside = new AtomicInteger();
        volatile boolean overlapped;
        private volatile Flow.@Nullable Subscription subscription;

        Flow.Subscription subscription() {
            return Objects.requireNonNull(subscription);
        }

        @Override
        public void onSubscribe(Flow.Subscription its) {
            inside(() -> {
                subscription = its;
                subscribed();
            });
        }

        void subscribed() {}

        @Override
        public void onNext(Message message) {
            inside(() -> {
                received.add(message.as(Integer.class));
                next();
            });
        }

        void next() {}

        @Override
        public void onError(Throwable failure) {
            inside(() -> {
                failures.add(failure);
                ends.add("error");
            });
        }

        @Override
        public void onComplete() {
            inside(() -> ends.add("complete"));
        }

        private void inside(Runnable call) {
            overlapped |= inside.getAndIncrement() > 0;
            try {
                call.run();
            } finally {
                inside.getAndDecrement();
            }
        }

        void awaitReceived(int count) {
            Await.until(count + " messages", () -> received.size() >= count);
        }

        void awaitEnd(String end) {
            Await.until("the end of the subscription", () -> !ends.isEmpty());
            assertThat(ends).containsExactly(end);
        }
    }

    private void send(int from, int to) {
        IntStream.rangeClosed(from, to).forEach(i -> mailbox.send(mailbox.self(), i));
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void aSubscriberGetsWhatItRequestsAndTheRestWaits() {
        send(1, 5);
        mailbox.publisher().subscribe(probe);
        probe.subscription().request(2);
        probe.awaitReceived(2);
        assertThat(mailbox.size()).isEqualTo(3);
        probe.subscription().request(1);
        probe.subscription().request(3);
        probe.awaitReceived(5);
        send(6, 7);
        probe.awaitReceived(6);
        assertThat(mailbox.size()).isEqualTo(1);
        assertThat(probe.received).isEqualTo(numbers(1, 6));
        assertThat(probe.ends).isEmpty();
    }

    @Test
    void manySendersAndRequestsNeverOverlapTheCallsOfTheSubscriber() {
        Probe asking = new Probe() {
            @Override
            void subscribed() {
                subscription().request(1); // Allowed already: nothing may come before onSubscribe returns.
            }

            @Override
            void next() {
                subscription().request(1); // Recursive: must not deepen the stack.
            }
        };
        mailbox.publisher().subscribe(asking);
        List<Thread> senders = IntStream.range(0, 4)
                .mapToObj(_ -> Thread.ofVirtual().start(() -> send(1, 5_000)))
                .toList();
        asking.awaitReceived(20_000);
        assertThat(senders).hasSize(4);
        assertThat(asking.overlapped).isFalse();
    }

    @Test
    void requestsAddUpToNoMoreThanForEver() {
        mailbox.publisher().subscribe(probe);
        probe.subscription().request(Long.MAX_VALUE);
        probe.subscription().request(Long.MAX_VALUE);
        send(1, 1_000);
        probe.awaitReceived(1_000);
        assertThat(probe.received).isEqualTo(numbers(1, 1_000));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void aRequestForNothingIsAnError(long requested) {
        mailbox.publisher().subscribe(probe);
        probe.subscription().request(requested);
        probe.awaitEnd("error");
        assertThat(probe.failures).singleElement().isInstanceOf(IllegalArgumentException.class);
        Await.until("the end of the mailbox", () -> !mailbox.isAlive());
    }

    @Test
    void cancellingClosesTheMailboxAndEndsTheCalls() {
        mailbox.publisher().subscribe(probe);
        probe.subscription().request(1);
        send(1, 3);
        probe.awaitReceived(1);
        probe.subscription().cancel();
        probe.subscription().cancel();
        probe.subscription().request(10);
        probe.subscription().request(-1);
        assertThat(mailbox.isAlive()).isFalse();
        assertThat(probe.received).containsExactly(1);
        assertThat(probe.ends).isEmpty();
    }

    @Test
    void aSubscriberMayCancelWhileItIsCalled() {
        Probe once = new Probe() {
            @Override
            void next() {
                subscription().cancel();
            }
        };
        send(1, 3);
        mailbox.publisher().subscribe(once);
        once.subscription().request(3);
        Await.until("the end of the mailbox", () -> !mailbox.isAlive());
        assertThat(once.received).containsExactly(1);
        assertThat(once.ends).isEmpty();
    }

    @Test
    void anOrderlyEndCompletes() {
        mailbox.publisher().subscribe(probe);
        mailbox.end(Tuple.of(Atom.of("shutdown"), Atom.of("over")));
        probe.awaitEnd("complete"); // Without any request: an end needs none.
    }

    @Test
    void anotherEndIsAnError() {
        mailbox.publisher().subscribe(probe);
        mailbox.end(Atom.of("broken"));
        probe.awaitEnd("error");
        assertThat(probe.failures)
                .singleElement()
                .isInstanceOfSatisfying(
                        ProcessEnded.class, ended -> assertThat(ended.reason()).isEqualTo(Atom.of("broken")));
    }

    @Test
    void aMailboxThatHasEndedCompletesAtOnce() {
        mailbox.close();
        mailbox.publisher().subscribe(probe);
        probe.awaitEnd("complete");
    }

    @Test
    void aSecondSubscriberFails() {
        mailbox.publisher().subscribe(probe);
        Probe second = new Probe();
        mailbox.publisher().subscribe(second);
        assertThat(second.ends).containsExactly("error");
        assertThat(second.failures).singleElement().isInstanceOf(IllegalStateException.class);
        probe.subscription().request(1);
        send(1, 1);
        probe.awaitReceived(1);
        assertThatThrownBy(() -> mailbox.publisher().subscribe(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aSubscriberThatThrowsLosesItsSubscription() {
        Probe broken = new Probe() {
            @Override
            void next() {
                throw new IllegalStateException("not this one");
            }
        };
        try (LogCapture log = LogCapture.begin()) {
            send(1, 2);
            mailbox.publisher().subscribe(broken);
            broken.subscription().request(2);
            Await.until("the end of the mailbox", () -> !mailbox.isAlive());
            Await.until("the log line", () -> !log.warnings("The subscriber of").isEmpty());
        }
        assertThat(broken.received).containsExactly(1);
        assertThat(broken.ends).isEmpty();
    }

    @Test
    void aSubscriberThatBlocksHoldsUpNothingElse() {
        CountDownLatch goOn = new CountDownLatch(1);
        Probe blocked = new Probe() {
            @Override
            void next() {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        mailbox.publisher().subscribe(blocked);
        blocked.subscription().request(Long.MAX_VALUE);
        send(1, 100); // Senders are not held up,
        blocked.subscription().request(1); // and neither are requests.
        blocked.awaitReceived(1);
        assertThat(mailbox.size()).isEqualTo(99);
        goOn.countDown();
        blocked.awaitReceived(100);
    }
}
