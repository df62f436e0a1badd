package dev.pier.erlang.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Calls and connections in a recording of Java's Flight Recorder.
class FlightRecorderIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    Path folder;

    @Test
    void callsAndConnectionsAreRecorded() throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable(CallEvent.NAME).withoutThreshold();
            recording.start();
            try (TestNode node = TestNode.start(TestNode.builder(erlang.cookie())
                    .peer("backend", peer -> peer.node(erlang.nodeName()).eager()))) {
                Peer backend = node.runtime().peer("backend");
                Await.until("the connection", () -> backend.status().isConnected());
                assertThat(backend.call("erlang", "abs", -3).as(int.class)).isEqualTo(3);
                assertThatThrownBy(() -> backend.call("erlang", "error", "no_cart"))
                        .isInstanceOf(ErlangException.class);
                Tuple question = Tuple.of(Atom.of("is_auth"), Atom.of(node.name()));
                assertThat(backend.server("net_kernel").call(question).term()).isEqualTo(Atom.of("yes"));
                assertThat(node.runtime().disconnect(erlang.nodeName())).isTrue();
                Await.until(
                        "the loss",
                        () -> recorded(recording, ConnectionEvent.NAME).stream()
                                .anyMatch(event -> event.getString("change").equals("down")));
            }

            assertThat(recorded(recording, CallEvent.NAME))
                    .allMatch(event -> event.getString("peer").equals("backend"))
                    .allMatch(event -> event.getString("node").equals(erlang.nodeName()))
                    .allMatch(event -> event.getDuration().compareTo(Duration.ZERO) > 0)
                    .extracting(event -> event.getString("function") + " " + event.getString("outcome"))
                    .containsExactly("erlang:abs/1 ok", "erlang:error/1 error", "net_kernel ok");
            assertThat(recorded(recording, ConnectionEvent.NAME))
                    .allMatch(event -> event.getString("node").equals(erlang.nodeName()))
                    .extracting(event -> event.getString("change"))
                    .startsWith("up", "down");
        }
    }

    @Test
    void byDefaultOnlySlowCallsAreRecorded() throws Exception {
        try (Recording recording = new Recording();
                TestNode node = TestNode.start(erlang.cookie())) {
            recording.start();
            node.peer(erlang).call("timer", "sleep", 20);
            assertThat(recorded(recording, CallEvent.NAME))
                    .extracting(event -> event.getString("function"))
                    .contains("timer:sleep/1");
            assertThat(recorded(recording, CallEvent.NAME))
                    .allMatch(event -> event.getDuration().compareTo(Duration.ofMillis(10)) >= 0);
        }
    }

    private List<RecordedEvent> recorded(Recording recording, String name) {
        Path file = folder.resolve("calls.jfr");
        try {
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals(name))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
