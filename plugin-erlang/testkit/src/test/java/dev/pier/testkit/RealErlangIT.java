package dev.pier.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// An application in a Pier of its own, with a real Erlang node and a fake one beside it.
@PierTest(webapp = "target/test-classes")
class RealErlangIT {
    @Test
    void callsARealNodeAndAFakeOne(
            PierClient client, @ErlangPeer("backend") RealErlang backend, @ErlangPeer("reports") FakeErlang reports) {
        backend.compile("""
                -module(users).
                -export([find/1]).
                find(Id) -> #{name => Id, length => byte_size(Id)}.
                """);
        reports.when("reports", "rows").streams(List.of("a row"));
        assertThat(client.get("/users?id=joe").json().at("/length").asInt()).isEqualTo(3);
        assertThat(backend.eval("1 + 1")).hasToString("2");
        try (PierEvents events = client.events("/rows")) {
            assertThat(events.next().data()).isEqualTo("\"a row\"");
        }
    }
}
