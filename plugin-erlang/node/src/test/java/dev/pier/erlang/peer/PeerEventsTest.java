package dev.pier.erlang.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.PeerEvent.Kind;
import dev.pier.erlang.Subscription;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.LogCapture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeerEventsTest {
    private static final NodeName NODE = NodeName.parse("backend@h1");
    private static final NodeName OTHER = NodeName.parse("backend@h2");

    private final PeerEvents events = new PeerEvents();
    private final List<PeerEvent> seen = Collections.synchronizedList(new ArrayList<>());

    private void alternate(int changes) {
        for (int i = 0; i < changes; i++) {
            events.changed(NODE, i % 2 == 0 ? Kind.UP : Kind.DOWN, Integer.toString(i));
        }
    }

    @Test
    void eventsComeInOrderOneAtATime() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Subscription _ = events.subscribe(event -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            seen.add(event);
            running.decrementAndGet();
        });
        for (int i = 0; i < 500; i++) {
            events.changed(NODE, Kind.UP, Integer.toString(i));
        }
        Await.until("all events", () -> seen.size() == 500);
        for (int i = 0; i < 500; i++) {
            assertThat(seen.get(i)).isEqualTo(new PeerEvent("backend@h1", Kind.UP, Integer.toString(i)));
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void aNewListenerFirstHearsThePresentStates() {
        alternate(3);
        events.changed(OTHER, Kind.DRAINING, "it drains");
        Subscription _ = events.subscribe(seen::add);
        Await.until("both states", () -> seen.size() == 2);
        events.changed(OTHER, Kind.UP, "again");
        Await.until("the change", () -> seen.size() == 3);
        assertThat(seen)
                .containsExactly(
                        new PeerEvent("backend@h1", Kind.UP, "2"),
                        new PeerEvent("backend@h2", Kind.DRAINING, "it drains"),
                        new PeerEvent("backend@h2", Kind.UP, "again"));
    }

    @Test
    void aSlowListenerLosesTheOldestWithAWarning() {
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (LogCapture log = LogCapture.begin()) {
            Subscription _ = events.subscribe(event -> {
                begun.countDown();
                seen.add(event);
                Await.until("the end of the wait", () -> slow.getCount() == 0);
            });
            events.changed(NODE, Kind.UP, "first");
            Await.until("the first event", () -> begun.getCount() == 0);
            alternate(PeerEvents.MAX_WAITING + 5);
            slow.countDown();
            Await.until("the last event", () -> seen.size() == 1 + PeerEvents.MAX_WAITING);
            assertThat(log.warnings("slow listener")).hasSize(1);
        }
        assertThat(seen.get(1).reason()).isEqualTo("5");
        assertThat(seen.getLast().reason()).isEqualTo(Integer.toString(PeerEvents.MAX_WAITING + 4));
    }

    @Test
    void aListenerThatThrowsHearsTheNextEvent() {
        try (LogCapture log = LogCapture.begin()) {
            Subscription _ = events.subscribe(event -> {
                seen.add(event);
                throw new IllegalStateException("on purpose");
            });
            alternate(2);
            Await.until("both events", () -> seen.size() == 2);
            Await.until(
                    "both warnings", () -> log.warnings("failed at the event").size() == 2);
        }
    }

    @Test
    void aClosedListenerHearsNothingMore() {
        CountDownLatch slow = new CountDownLatch(1);
        Subscription subscription = events.subscribe(event -> {
            seen.add(event);
            Await.until("the end of the wait", () -> slow.getCount() == 0);
        });
        events.changed(NODE, Kind.UP, "first");
        Await.until("the first event", () -> seen.size() == 1);
        events.changed(NODE, Kind.DOWN, "waits");
        subscription.close();
        subscription.close();
        events.changed(NODE, Kind.UP, "later");
        slow.countDown();
        CountDownLatch after = new CountDownLatch(1);
        Subscription _ = events.subscribe(_ -> after.countDown());
        Await.until("another listener", () -> after.getCount() == 0);
        assertThat(seen).hasSize(1);
    }

    @Test
    void aForgottenNodeIsDownAndNotToldAgain() {
        Subscription _ = events.subscribe(seen::add);
        events.changed(NODE, Kind.UP, "connected");
        events.forget(NODE, "gone");
        events.forget(OTHER, "never known");
        Await.until("both events", () -> seen.size() == 2);
        assertThat(seen.getLast()).isEqualTo(new PeerEvent("backend@h1", Kind.DOWN, "gone"));
        List<PeerEvent> later = Collections.synchronizedList(new ArrayList<>());
        Subscription _ = events.subscribe(later::add);
        events.changed(OTHER, Kind.UP, "connected");
        Await.until("the other node", () -> later.size() == 1);
        assertThat(later).extracting(PeerEvent::node).containsExactly("backend@h2");
    }
}
