package dev.pier.erlang.servlet.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SocketOptionsTest {
    private static final Map<String, Object> SET = Map.of(SocketProperties.QUEUE, 5000, SocketProperties.CREDIT, 7);

    @Test
    void queueAndCreditAreThoseOfTheServer() {
        SocketOptions options = SocketOptions.DEFAULT.in(session(SET));
        assertThat(options.queue()).isEqualTo(5000);
        assertThat(options.credit()).isEqualTo(7);
    }

    @Test // The server's tests have the same names.
    void theServerKnowsThePropertiesByTheseNames() {
        assertThat(SocketProperties.QUEUE).isEqualTo("dev.pier.websocket.queue");
        assertThat(SocketProperties.CREDIT).isEqualTo("dev.pier.websocket.credit");
        assertThat(SocketProperties.CLOSED).isEqualTo("dev.pier.websocket.closed");
    }

    @Test
    void anotherContainerHasTheDefaultsOfTheSettings() {
        SocketOptions options = SocketOptions.DEFAULT.withName("page").in(session(Map.of()));
        assertThat(options.queue()).isEqualTo(1 << 20);
        assertThat(options.credit()).isEqualTo(32);
        assertThat(options.name()).isEqualTo("page");
    }

    @Test
    void optionsOfTheApplicationHavePrecedence() {
        SocketOptions queue = SocketOptions.DEFAULT.withQueue(100_000).in(session(SET));
        assertThat(queue.queue()).isEqualTo(100_000);
        assertThat(queue.credit()).isEqualTo(7);
        SocketOptions credit = SocketOptions.DEFAULT.withAcknowledgedCredit(3).in(session(SET));
        assertThat(credit.queue()).isEqualTo(5000);
        assertThat(credit.credit()).isEqualTo(3);
        assertThat(credit.acknowledged()).isTrue();
    }

    @Test
    void aQueueOrCreditOfNothingIsRefused() {
        assertThatThrownBy(() -> SocketOptions.DEFAULT.withQueue(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SocketOptions.DEFAULT.withCredit(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SocketOptions(-1, 1, false, false, true, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Session session(Map<String, Object> properties) {
        return (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(), new Class<?>[] {Session.class}, (_, method, _) -> {
                    assertThat(method.getName()).isEqualTo("getUserProperties");
                    return properties;
                });
    }
}
