package dev.pier.erlang.conformance.control;

import dev.pier.erlang.conformance.Scene;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The control messages of [SignalTable] between Pier and a real node. Each must be seen on the wire.
class ControlMessagesIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static Scene scene;

    @BeforeAll
    static void open() throws IOException {
        scene = new Scene(erlang);
    }

    @AfterAll
    static void close() {
        scene.close();
    }

    static List<SignalTable.Case> cases() {
        return SignalTable.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsItsRule(SignalTable.Case row) {
        scene.begin();
        row.exchange().accept(scene);
        Await.value(
                "the control message " + row.operation() + " by " + row.by(),
                () -> scene.framesBy(row.by()).stream()
                        .map(frame -> frame.operation())
                        .collect(Collectors.toSet()),
                operations -> operations.contains(row.operation()));
    }
}
