package dev.pier.spring.boot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Peer;
import dev.pier.erlang.testing.Await;
import dev.pier.testkit.FakeErlang;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;

/// Health, metrics and traces.
class ErlangActuatorTest {
    private static Health health(AssertableApplicationContext context, String name) {
        CompositeHealthContributor all = context.getBean("erlangHealthContributor", CompositeHealthContributor.class);
        @Nullable Health health = ((HealthIndicator) requireNonNull(all.getContributor(name))).health();
        return requireNonNull(health);
    }

    private static void awaitHealth(AssertableApplicationContext context, Status status) {
        Await.value(
                "the health " + status,
                () -> health(context, "backend"),
                health -> health.getStatus().equals(status));
    }

    @Test
    void healthGoesDownAndUpWithThePeer() {
        FakePeers.withBackend().run(context -> {
            FakeErlang fake = context.getBean(FakeErlang.class);
            awaitHealth(context, Status.UP);
            fake.stop();
            awaitHealth(context, Status.DOWN);
            assertThat(health(context, "backend").getDetails())
                    .extractingByKey(fake.nodeName())
                    .asString()
                    .contains("lastProblem");
            fake.restart();
            awaitHealth(context, Status.UP);
            assertThat(health(context, "node").getStatus()).isEqualTo(Status.UP);
        });
    }

    @Test
    void aPeerThatIsNotRequiredIsUp() {
        FakePeers.withBackend()
                .withPropertyValues("pier.erlang.peers.backend.required=none")
                .run(context -> {
                    context.getBean(FakeErlang.class).stop();
                    Await.until(
                            "the loss",
                            () -> !context.getBean(Peer.class).status().isConnected());
                    assertThat(health(context, "backend").getStatus()).isEqualTo(Status.UP);
                });
    }

    @Test
    void aPeerThatIsNotUsedYetIsUnknown() {
        FakePeers.withBackend()
                .withPropertyValues("pier.erlang.peers.backend.connect=at-first-use")
                .run(context -> {
                    assertThat(health(context, "backend").getStatus()).isEqualTo(Status.UNKNOWN);
                    assertThat(context.getBean(Peer.class).ping()).isTrue();
                    assertThat(health(context, "backend").getStatus()).isEqualTo(Status.UP);
                });
    }

    @Test
    void healthCanBeDisabled() {
        FakePeers.withBackend()
                .withPropertyValues("management.health.erlang.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("erlangHealthContributor"));
    }

    @Test
    void metersAreThoseOfTheServer() {
        FakePeers.withBackend().withBean(SimpleMeterRegistry.class).run(context -> {
            context.getBean(FakeErlang.class).when("users", "count").returns(3);
            assertThat(context.getBean(Peer.class).call("users", "count").as(int.class))
                    .isEqualTo(3);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("pier.erlang.calls")
                            .tags("peer", "backend", "outcome", "ok")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("pier.erlang.connected")
                            .tag("peer", "backend")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("pier.erlang.served.max").gauge().value()).isEqualTo(10_000);
        });
    }

    @Test
    void withoutARegistryThereAreNoMeters() {
        FakePeers.withBackend().run(context -> assertThat(context).doesNotHaveBean("erlangMetrics"));
    }

    @Test
    void callsAreSpansOfTheApplication() {
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        SdkTracerProvider tracers = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                .build();
        OpenTelemetry sdk =
                OpenTelemetrySdk.builder().setTracerProvider(tracers).build();
        FakePeers.withBackend().withBean(OpenTelemetry.class, () -> sdk).run(context -> {
            context.getBean(FakeErlang.class).when("users", "count").returns(3);
            context.getBean(Peer.class).call("users", "count");
            assertThat(spans.getFinishedSpanItems())
                    .extracting(SpanData::getName)
                    .containsExactly("users:count/0");
        });
    }
}
