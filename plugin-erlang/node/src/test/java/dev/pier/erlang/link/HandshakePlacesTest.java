package dev.pier.erlang.link;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.link.HandshakePlaces.Place;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which connection makes room for another one when all places are taken.
class HandshakePlacesTest {
    private static final String STRANGER = "192.0.2.1";
    private static final String PEER = "198.51.100.7";

    private final AtomicLong clock = new AtomicLong(-1);
    private final HandshakePlaces places = new HandshakePlaces(4, clock::get);
    private final List<String> closed = new ArrayList<>();

    private @Nullable Place take(String address, String connection) {
        try {
            return places.take(InetAddress.getByName(address), () -> closed.add(connection));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Place taken(String address, String connection) {
        return requireNonNull(take(address, connection), connection);
    }

    private void pass() {
        clock.addAndGet(HandshakePlaces.USUAL.toNanos() + 1);
    }

    @Test
    void freePlacesAreTakenByAnyNumberFromOneAddress() {
        for (int i = 0; i < 4; i++) {
            taken(STRANGER, "stranger " + i);
        }
        assertThat(closed).isEmpty();
    }

    @Test
    void theOldestSilentConnectionGoes() {
        taken(STRANGER, "first").spoke();
        taken(STRANGER, "second");
        taken(STRANGER, "third");
        taken(STRANGER, "fourth");
        taken(STRANGER, "fifth");
        taken(STRANGER, "sixth");
        assertThat(closed).containsExactly("second", "third");
    }

    @Test
    void aConnectionThatHasEndedLeavesItsPlace() {
        Place first = taken(STRANGER, "first");
        for (int i = 0; i < 3; i++) {
            taken(STRANGER, "stranger " + i);
        }
        first.leave();
        first.leave();
        taken(STRANGER, "fifth");
        assertThat(closed).isEmpty();
    }

    @Test
    void theAddressWithTheMostPlacesMakesRoom() {
        taken(PEER, "peer");
        for (int i = 0; i < 3; i++) {
            taken(STRANGER, "stranger " + i);
        }
        taken(PEER, "second peer");
        taken(STRANGER, "greedy");
        assertThat(closed).containsExactly("stranger 0", "stranger 1");
    }

    @Test
    void oneStrangerForEachPlaceKeepsNoPeerOut() {
        for (int i = 0; i < 4; i++) {
            taken("192.0.2." + i, "stranger " + i);
        }
        taken(PEER, "peer");
        assertThat(closed).containsExactly("stranger 0");
    }

    @Test
    void aHandshakeThatGoesOnIsNotClosed() {
        for (int i = 0; i < 4; i++) {
            taken(STRANGER, "stranger " + i).spoke();
        }
        assertThat(take(PEER, "peer")).isNull();
        pass();
        taken(PEER, "peer");
        assertThat(closed).as("it takes too long").containsExactly("stranger 0");
    }

    @Test
    void aGreedyAddressTakesNoPlaceOfAnother() {
        taken(PEER, "peer");
        for (int i = 0; i < 3; i++) {
            taken(STRANGER, "stranger " + i).spoke();
        }
        assertThat(take(STRANGER, "greedy")).isNull();
        assertThat(closed).isEmpty();
    }

    @Test
    void theAddressesOfOneIpv6NetworkCountTogether() {
        taken("2001:db8:0:1::1", "peer");
        for (int i = 0; i < 3; i++) {
            taken("2001:db8:0:2::" + i, "stranger " + i);
        }
        taken("2001:db8:0:1::2", "second peer");
        assertThat(closed).containsExactly("stranger 0");
    }
}
