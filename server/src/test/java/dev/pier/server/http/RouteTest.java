package dev.pier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.plugin.Hosts;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.handler.DefaultHandler;
import org.junit.jupiter.api.Test;

class RouteTest {
    private final Route route = new Route("/app", "/app", Hosts.ALL, new DefaultHandler(), RouteRules.DEFAULT);

    @Test
    void requestsAreCounted() {
        assertThat(route.enter()).isTrue();
        assertThat(route.enter()).isTrue();
        assertThat(route.requests()).isEqualTo(2);
        route.exit();
        route.exit();
        assertThat(route.requests()).isZero();
    }

    @Test
    void aClosedRouteRefusesRequestsAndKeepsItsCount() {
        assertThat(route.enter()).isTrue();
        route.close();
        assertThat(route.enter()).isFalse();
        assertThat(route.requests()).isEqualTo(1);
    }

    @Test
    void anEmptyRouteDrainsAtOnce() throws InterruptedException {
        route.close();
        route.close();
        assertThat(route.drained(Duration.ZERO)).isTrue();
    }

    @Test
    void aRouteDrainsWithItsLastRequest() throws Exception {
        route.enter();
        route.enter();
        route.close();
        route.exit();
        assertThat(route.drained(Duration.ofMillis(10))).isFalse();
        FutureTask<Boolean> drained = new FutureTask<>(() -> route.drained(Duration.ofSeconds(10)));
        Thread.ofVirtual().start(drained);
        route.exit();
        assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(route.enter()).isFalse();
        assertThat(route.drained(Duration.ZERO)).isTrue();
    }
}
