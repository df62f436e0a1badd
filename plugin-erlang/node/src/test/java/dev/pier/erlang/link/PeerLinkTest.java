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
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The attempts of a link and what it logs, without a peer and without waiting.
class PeerLinkTest {
    private static final NodeName PEER = NodeName.parse("backend@localhost");
    private static final Duration SOON = Duration.ofSeconds(5);

    private final ImpatientTimer timer = new ImpatientTimer();
    private final AtomicInteger dials = new AtomicInteger();
    private final CountDownLatch never = new CountDownLatch(1);

    /// Records the delays and runs every task at once.
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
    void aPeerThatIsAwayIsRetriedWithGrowingJitteredPausesOfAtMostTenSeconds() {
        PeerLink link = link("pier@localhost", true, DialFailure.away("cannot reach it", null));
        try (LogCapture log = LogCapture.begin()) {
            link.connect();
            Await.until("many attempts", () -> timer.delays.size() >= 40);
            link.close();

            assertThat(log.lines(Level.INFO, PEER.toString()))
                    .as("logged once, not for each attempt")
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
    void aRefusalIsRetriedRarelyAndWarnedOfOnce() {
        PeerLink link = link("pier@localhost", true, DialFailure.refusal("another cookie", null));
        try (LogCapture log = LogCapture.begin()) {
            link.connect();
            Await.until("many attempts", () -> timer.delays.size() >= 10);
            link.close();

            assertThat(log.warnings("")).singleElement().asString().contains(PEER.toString(), "another cookie");
        }
        assertThat(timer.delays).allMatch(delay -> delay.compareTo(Duration.ofSeconds(60)) >= 0);
    }

    /// A node that dies after the cookie proof closes the connection like one that refuses the proof.
    @Test
    void aSuspectedRefusalIsRetriedSoonAndBelievedTheSecondTime() {
        PeerLink link = link("pier@localhost", true, DialFailure.suspectedRefusal("closed after the proof", null));
        try (LogCapture log = LogCapture.begin()) {
            link.connect();
            Await.until("many attempts", () -> timer.delays.size() >= 10);
            link.close();

            assertThat(log.warnings("")).singleElement().asString().contains("closed after the proof");
        }
        assertThat(timer.delays.getFirst()).isLessThan(Duration.ofSeconds(1));
        assertThat(timer.delays.subList(1, 10)).allMatch(delay -> delay.compareTo(Duration.ofSeconds(60)) >= 0);
    }

    @Test
    void aRefusalFailsCallsAtOnceAndWithoutAnotherAttempt() {
        ScheduledThreadPoolExecutor slow = new ScheduledThreadPoolExecutor(1);
        try {
            PeerLink link = new PeerLink(
                    PEER,
                    Atom.of("pier@localhost"),
                    true,
                    (_, _) -> {
                        dials.incrementAndGet();
                        throw DialFailure.refusal("another cookie", null);
                    },
                    slow,
                    BulkLanes.NONE);
            link.connect();
            Await.until("the refusal", () -> link.status().state() == State.REFUSED);
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> link.session(soon()))
                        .isInstanceOf(NotConnected.class)
                        .hasMessageContaining("another cookie");
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
    void ofTwoSimultaneousAttemptsTheOneOfTheGreaterNameContinues() {
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
    void aPeerThatAnnouncedItsOwnAttemptIsAcceptedWhateverItsName() {
        PeerLink link = new PeerLink(
                PEER,
                Atom.of("zzz@localhost"),
                true,
                (self, attempt) -> {
                    attempt.yieldToPeer();
                    return self.awaitIncoming(attempt, Await.PATIENCE);
                },
                timer,
                BulkLanes.NONE);
        link.connect();
        Await.until("the decision to accept the peer", () -> link.incoming() instanceof AcceptDecision.Ok);
        link.close();
    }

    @Test
    void aRefusedLinkThatIsNotPersistentIsTriedAgainOnlyWhenNeeded() {
        PeerLink link = link("pier@localhost", false, DialFailure.refusal("another cookie", null));
        link.connect();
        Await.until(
                "the end of the refusal",
                () -> timer.delays.size() == 1 && link.status().state() == State.IDLE);
        assertThat(timer.delays).containsExactly(Duration.ofSeconds(60));
        assertThat(link.isForgettable()).isTrue();
    }

    @Test
    void aLinkRestsOnceItsGateHasRetired() {
        PeerLink link = new PeerLink(
                PEER,
                Atom.of("pier@localhost"),
                true,
                (_, _) -> {
                    never.await();
                    throw DialFailure.away("too late", null);
                },
                timer,
                BulkLanes.NONE);
        link.connect();
        link.rest("it is not needed");
        assertThat(link.status().state()).isEqualTo(State.CONNECTING);
        CompletableFuture<Session> arrival = Objects.requireNonNull(link.arrival());

        link.persistent(false);
        assertThat(link.gate().enter()).isTrue();
        link.gate().retire(() -> {});
        link.rest("it is not needed");
        assertThat(link.status().state()).as("a call runs").isEqualTo(State.DRAINING);
        link.gate().leave();
        link.gate().keep();
        link.gate().retire(() -> link.rest("it is not needed"));
        assertThat(link.status().state()).isEqualTo(State.IDLE);
        assertThat(arrival).isCompletedExceptionally();
        assertThat(link.gate().enter()).as("a call that connects again").isTrue();
        link.gate().leave();

        link.close();
        link.rest("it is not needed");
        assertThat(link.status().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void pausesGrowToTheirMaximum() {
        ReconnectPolicy.Backoff backoff =
                new ReconnectPolicy.Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), new Random(1));
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
                timer,
                BulkLanes.NONE);
    }

    /// A link whose attempts do not end by themselves.
    private PeerLink stalled(String self) {
        return new PeerLink(
                PEER,
                Atom.of(self),
                true,
                (_, _) -> {
                    dials.incrementAndGet();
                    never.await();
                    throw DialFailure.away("too late", null);
                },
                timer,
                BulkLanes.NONE);
    }
}
