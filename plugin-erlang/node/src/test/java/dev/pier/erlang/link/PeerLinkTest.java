package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.PeerStatus.State;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.AcceptDecision;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.LogCapture;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When a link tries, how often, and what it says of it; without a peer, and without waiting.
class PeerLinkTest {
    private static final NodeName PEER = NodeName.parse("backend@localhost");
    private static final Duration SOON = Duration.ofSeconds(5);

    private final ImpatientTimer timer = new ImpatientTimer();
    private final AtomicInteger dials = new AtomicInteger();
    private final CountDownLatch never = new CountDownLatch(1);

    /// Notes how long it was to wait, and does not.
    private static final class ImpatientTimer extends ScheduledThreadPoolExecutor {
        final List<Duration> delays = new CopyOnWriteArrayList<>();

        ImpatientTimer() {
            super(1, Thread.ofPlatform().daemon().factory());
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            delays.add(Duration.of(delay, unit.toChronoUnit()));
            return super.schedule(command, 0, unit);
        }
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        never.countDown();
    }

    @Test
    void aPeerThatIsAwayIsTriedWithGrowingJitteredPausesOfTenSecondsAtMost() {
        PeerLink link = link("pier@localhost", true, DialFailure.of("nobody answers", null));
        try (LogCapture log = LogCapture.begin()) {
            link.connect();
            Await.until("many attempts", () -> timer.delays.size() >= 40);
            link.close();

            assertThat(log.lines(Level.INFO, PEER.toString()))
                    .as("said once, not with every attempt")
                    .hasSize(1);
        }
        List<Duration> delays = timer.delays;
        assertThat(delays.getFirst()).isLessThanOrEqualTo(Duration.ofMillis(200));
        assertThat(delays).allMatch(delay -> delay.compareTo(Duration.ofSeconds(10)) <= 0);
        List<Duration> late = delays.subList(10, 40);
        assertThat(late).allMatch(delay -> delay.compareTo(Duration.ofSeconds(5)) >= 0);
        assertThat(late.stream().distinct().count()).as("jitter").isGreaterThan(20);
    }

    @Test
    void aRefusedCookieIsTriedSlowlyAndSaidLoudlyOnce() {
        PeerLink link = link("pier@localhost", true, DialFailure.refusal("its cookie is not ours", null));
        try (LogCapture log = LogCapture.begin()) {
            link.connect();
            Await.until("many attempts", () -> timer.delays.size() >= 10);
            link.close();

            assertThat(log.warnings("")).singleElement().asString().contains(PEER.toString(), "its cookie is not ours");
        }
        assertThat(timer.delays).allMatch(delay -> delay.compareTo(Duration.ofSeconds(60)) >= 0);
    }

    /// A node that is killed between our proof of the cookie and its answer closes as one does that refuses the proof.
    @Test
    void whatMayBeARefusalIsTriedAgainSoonAndBelievedTheSecondTime() {
        PeerLink link = link("pier@localhost", true, DialFailure.maybeRefusal("it closed at our proof", null));
        try (LogCapture log = LogCapture.begin()) {
            link.connect();
            Await.until("many attempts", () -> timer.delays.size() >= 10);
            link.close();

            assertThat(log.warnings("")).singleElement().asString().contains("it closed at our proof");
        }
        assertThat(timer.delays.getFirst()).isLessThan(Duration.ofSeconds(1));
        assertThat(timer.delays.subList(1, 10)).allMatch(delay -> delay.compareTo(Duration.ofSeconds(60)) >= 0);
    }

    @Test
    void aPeerThatRefusesUsFailsCallsAtOnceAndWithoutAnotherAttempt() {
        ScheduledThreadPoolExecutor slow = new ScheduledThreadPoolExecutor(1);
        try {
            PeerLink link = new PeerLink(
                    PEER,
                    Atom.of("pier@localhost"),
                    true,
                    (_, _) -> {
                        dials.incrementAndGet();
                        throw DialFailure.refusal("its cookie is not ours", null);
                    },
                    Backoff.DEFAULT,
                    slow);
            link.connect();
            Await.until("the refusal", () -> link.status().state() == State.REFUSED);
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> link.session(soon()))
                        .isInstanceOf(NotConnected.class)
                        .hasMessageContaining("its cookie is not ours");
            }
            assertThat(dials).hasValue(1);
        } finally {
            slow.shutdownNow();
        }
    }

    @Test
    void manyCallsShareOneAttempt() throws Exception {
        PeerLink link = stalled("pier@localhost");
        List<Thread> callers = new CopyOnWriteArrayList<>();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 50; i++) {
            callers.add(Thread.ofVirtual().start(() -> {
                try {
                    link.session(System.nanoTime() + Await.PATIENCE.toNanos());
                } catch (NotConnected e) {
                    thrown.add(e);
                }
            }));
        }
        Await.until("the attempt", () -> dials.get() == 1);
        link.close();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(dials).hasValue(1);
        assertThat(thrown)
                .hasSize(50)
                .allSatisfy(e -> assertThat(e).hasMessageContaining("this node has been stopped"));
    }

    @Test
    void ofTwoSimultaneousAttemptsThatOfTheGreaterNameGoesOn() {
        PeerLink greater = stalled("zzz@localhost");
        PeerLink smaller = stalled("aaa@localhost");
        assertThat(greater.incoming()).isInstanceOf(AcceptDecision.Ok.class);
        greater.connect();
        smaller.connect();
        assertThat(greater.incoming()).isInstanceOf(AcceptDecision.Nok.class);
        assertThat(smaller.incoming()).isInstanceOf(AcceptDecision.OkSimultaneous.class);
        greater.close();
        smaller.close();
        assertThat(greater.incoming()).isInstanceOf(AcceptDecision.NotAllowed.class);
    }

    @Test
    void aPeerThatSaidThatItsOwnAttemptGoesFirstIsLetInWhateverItsName() {
        PeerLink link = new PeerLink(
                PEER,
                Atom.of("zzz@localhost"),
                true,
                (self, attempt) -> self.awaitIncoming(attempt, Await.PATIENCE),
                Backoff.DEFAULT,
                timer);
        link.connect();
        Await.until("the peer to be let in", () -> link.incoming() instanceof AcceptDecision.Ok);
        link.close();
    }

    @Test
    void pausesGrowToTheirBoundAndNeverBeyond() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), new Random(1));
        for (int failures = 0; failures < 1_000; failures++) {
            Duration ceiling = failures > 6 ? Duration.ofSeconds(10) : Duration.ofMillis(100L << failures);
            assertThat(backoff.delay(failures)).isBetween(ceiling.dividedBy(2), ceiling);
        }
    }

    private static long soon() {
        return System.nanoTime() + SOON.toNanos();
    }

    private PeerLink link(String self, boolean persistent, DialFailure failure) {
        return new PeerLink(
                PEER,
                Atom.of(self),
                persistent,
                (_, _) -> {
                    throw failure;
                },
                Backoff.DEFAULT,
                timer);
    }

    /// A link whose attempts never come to an end by themselves.
    private PeerLink stalled(String self) {
        return new PeerLink(
                PEER,
                Atom.of(self),
                true,
                (_, _) -> {
                    dials.incrementAndGet();
                    never.await();
                    throw DialFailure.of("too late", null);
                },
                Backoff.DEFAULT,
                timer);
    }
}
