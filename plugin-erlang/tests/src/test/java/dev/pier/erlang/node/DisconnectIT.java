package dev.pier.erlang.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.Reply;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.testkit.NodeExtension;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Connections that the program ends itself.
class DisconnectIT {
    @RegisterExtension
    @Order(1)
    static final ErlangPeer backend = ErlangPeer.start();

    @RegisterExtension
    @Order(2)
    static final NodeExtension erlang = NodeExtension.create().peer("backend", backend);

    @Test
    void losesCallsInFlightAndConnectsAgain() {
        CompletableFuture<Reply> call = erlang.peer("backend").callAsync("timer", "sleep", Atom.of("infinity"));
        Await.until("the connection", () -> erlang.node().connectedNodes().contains(backend.nodeName()));
        Await.until(
                "the call to run",
                () -> backend.eval("[P || P <- processes(), {timer, sleep, 1} =:= element(2,"
                                + " process_info(P, current_function))] =/= []")
                        .equals("true"));
        assertThat(erlang.node().disconnect(backend.nodeName())).isTrue();
        assertThatThrownBy(call::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(ConnectionLost.class);
        assertThat(erlang.peer("backend").call("erlang", "node").as(String.class))
                .isEqualTo(backend.nodeName());
    }

    @Test
    void doesNothingWithoutAConnection() {
        assertThat(erlang.node().disconnect("absent@localhost")).isFalse();
        assertThatThrownBy(() -> erlang.node().disconnect("no name")).isInstanceOf(IllegalArgumentException.class);
    }
}
