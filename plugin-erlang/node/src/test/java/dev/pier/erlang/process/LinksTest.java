package dev.pier.erlang.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The link protocol as a table, state × event. SPEC: erl_dist_protocol Link Protocol.
class LinksTest {
    private static final Pid OTHER = new Pid(Atom.of("other@host"), 1, 0, 1);
    private static final Pid THIRD = new Pid(Atom.of("other@host"), 2, 0, 1);

    /// The id of the first UNLINK_ID, which the state [State#UNLINKING] waits for.
    private static final long FIRST_ID = 1;

    enum Connection {
        USED,
        LATER
    }

    /// What this side knows of a link.
    enum State {
        ABSENT,
        ACTIVE,
        UNLINKING;

        Links<Connection> links() {
            Links<Connection> links = new Links<>();
            if (this != ABSENT) {
                links.link(OTHER, Connection.USED);
            }
            if (this == UNLINKING) {
                assertThat(links.unlink(OTHER, Connection.USED)).isEqualTo(FIRST_ID);
            }
            return links;
        }

        static State of(Links<Connection> links) {
            if (!links.contains(OTHER)) {
                return ABSENT;
            }
            List<Pid> active = new ArrayList<>();
            links.drain((other, _) -> active.add(other));
            return active.isEmpty() ? UNLINKING : ACTIVE;
        }
    }

    enum Event {
        LINK,
        LINK_ARRIVES,
        UNLINK,
        UNLINK_ARRIVES,
        ACK_ARRIVES,
        ACK_OF_ANOTHER_ID_ARRIVES,
        EXIT_ARRIVES;

        /// @return what is due: a signal to send, or one to deliver
        String apply(Links<Connection> links) {
            switch (this) {
                case LINK -> {
                    return links.link(OTHER, Connection.USED) ? "LINK" : "";
                }
                case LINK_ARRIVES -> links.linkedByPeer(OTHER, Connection.USED);
                case UNLINK -> {
                    long id = links.unlink(OTHER, Connection.USED);
                    return id == 0 ? "" : "UNLINK_ID " + id;
                }
                case UNLINK_ARRIVES -> links.unlinkedByPeer(OTHER, Connection.USED);
                case ACK_ARRIVES -> links.acknowledged(OTHER, Connection.USED, FIRST_ID);
                case ACK_OF_ANOTHER_ID_ARRIVES -> links.acknowledged(OTHER, Connection.USED, FIRST_ID + 1);
                case EXIT_ARRIVES -> {
                    return links.remove(OTHER, Connection.USED) ? "exit signal" : "";
                }
            }
            return "";
        }
    }

    static Stream<Arguments> transitions() {
        return Stream.of(
                arguments(State.ABSENT, Event.LINK, State.ACTIVE, "LINK"),
                arguments(State.ABSENT, Event.LINK_ARRIVES, State.ACTIVE, ""),
                arguments(State.ABSENT, Event.UNLINK, State.ABSENT, ""),
                arguments(State.ABSENT, Event.UNLINK_ARRIVES, State.ABSENT, ""),
                arguments(State.ABSENT, Event.ACK_ARRIVES, State.ABSENT, ""),
                arguments(State.ABSENT, Event.ACK_OF_ANOTHER_ID_ARRIVES, State.ABSENT, ""),
                arguments(State.ABSENT, Event.EXIT_ARRIVES, State.ABSENT, ""),
                arguments(State.ACTIVE, Event.LINK, State.ACTIVE, ""),
                arguments(State.ACTIVE, Event.LINK_ARRIVES, State.ACTIVE, ""),
                arguments(State.ACTIVE, Event.UNLINK, State.UNLINKING, "UNLINK_ID 1"),
                arguments(State.ACTIVE, Event.UNLINK_ARRIVES, State.ABSENT, ""),
                arguments(State.ACTIVE, Event.ACK_ARRIVES, State.ACTIVE, ""),
                arguments(State.ACTIVE, Event.ACK_OF_ANOTHER_ID_ARRIVES, State.ACTIVE, ""),
                arguments(State.ACTIVE, Event.EXIT_ARRIVES, State.ABSENT, "exit signal"),
                arguments(State.UNLINKING, Event.LINK, State.ACTIVE, "LINK"),
                arguments(State.UNLINKING, Event.LINK_ARRIVES, State.UNLINKING, ""),
                arguments(State.UNLINKING, Event.UNLINK, State.UNLINKING, ""),
                arguments(State.UNLINKING, Event.UNLINK_ARRIVES, State.UNLINKING, ""),
                arguments(State.UNLINKING, Event.ACK_ARRIVES, State.ABSENT, ""),
                arguments(State.UNLINKING, Event.ACK_OF_ANOTHER_ID_ARRIVES, State.UNLINKING, ""),
                arguments(State.UNLINKING, Event.EXIT_ARRIVES, State.ABSENT, ""));
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void eachEventInEachState(State state, Event event, State expected, String due) {
        Links<Connection> links = state.links();
        assertThat(event.apply(links)).isEqualTo(due);
        assertThat(State.of(links)).isEqualTo(expected);
    }

    @Test
    void theTableIsComplete() {
        Map<State, List<Event>> covered = new EnumMap<>(State.class);
        transitions()
                .map(Arguments::get)
                .forEach(row -> covered.computeIfAbsent((State) row[0], _ -> new ArrayList<>())
                        .add((Event) row[1]));
        assertThat(covered).containsOnlyKeys(State.values());
        assertThat(covered.values()).allSatisfy(events -> assertThat(events).containsExactlyInAnyOrder(Event.values()));
    }

    @Test
    void aLinkMadeWhileUnlinkingIgnoresTheLateAcknowledgement() {
        Links<Connection> links = State.UNLINKING.links();
        assertThat(links.link(OTHER, Connection.USED)).isTrue();
        links.acknowledged(OTHER, Connection.USED, FIRST_ID);
        assertThat(State.of(links)).isEqualTo(State.ACTIVE);
    }

    @Test
    void aSecondUnlinkWaitsForItsOwnAcknowledgement() {
        Links<Connection> links = State.UNLINKING.links();
        links.link(OTHER, Connection.USED);
        assertThat(links.unlink(OTHER, Connection.USED)).isEqualTo(FIRST_ID + 1);
        links.acknowledged(OTHER, Connection.USED, FIRST_ID);
        assertThat(links.contains(OTHER)).isTrue();
        links.acknowledged(OTHER, Connection.USED, FIRST_ID + 1);
        assertThat(links.contains(OTHER)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void eventsOfAnotherConnectionChangeNothing(State state) {
        Links<Connection> links = state.links();
        assertThat(links.unlink(OTHER, Connection.LATER)).isZero();
        links.unlinkedByPeer(OTHER, Connection.LATER);
        links.acknowledged(OTHER, Connection.LATER, FIRST_ID);
        assertThat(links.remove(OTHER, Connection.LATER)).isFalse();
        assertThat(links.over(Connection.LATER)).isEmpty();
        assertThat(State.of(links)).isEqualTo(state);
    }

    @Test
    void aLinkMadeWhileUnlinkingMovesToItsConnection() {
        Links<Connection> links = State.UNLINKING.links();
        assertThat(links.link(OTHER, Connection.LATER)).isTrue();
        assertThat(links.connection(OTHER)).isEqualTo(Connection.LATER);
        assertThat(links.over(Connection.USED)).isEmpty();
    }

    @Test
    void aLostConnectionIsAskedForAllItsLinks() {
        Links<Connection> links = State.UNLINKING.links();
        links.linkedByPeer(THIRD, Connection.USED);
        assertThat(links.over(Connection.USED)).containsExactlyInAnyOrder(OTHER, THIRD);
        assertThat(links.count()).isEqualTo(2);
    }

    @Test
    void onlyActiveLinksAreDrained() {
        Links<Connection> links = State.UNLINKING.links();
        links.link(THIRD, null);
        List<Pid> active = new ArrayList<>();
        links.drain((other, _) -> active.add(other));
        assertThat(active).containsExactly(THIRD);
        assertThat(links.count()).isZero();
    }
}
