package dev.pier.erlang.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/// One trace from the HTTP client through the server to the Erlang process.
class TracedMountIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CLIENT_SPAN = "00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + CLIENT_SPAN + "-01";

    private static final InMemorySpanExporter spans = InMemorySpanExporter.create();

    /// Before the server starts.
    @RegisterExtension
    @Order(1)
    static final BeforeAllCallback sdk = _ -> {
        GlobalOpenTelemetry.resetForTest();
        GlobalOpenTelemetry.set(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .build());
    };

    @RegisterExtension
    @Order(2)
    static final ErlangPeer erlang = ErlangPeer.start();

    @RegisterExtension
    @Order(3)
    static final MountedPier pier = MountedPier.with(erlang, node -> node.compile("""
                    -module(traced).
                    -export([parent/1, fails/1]).
                    parent(_) -> {ok, proplists:get_value(<<"traceparent">>, get('$pier_trace'))}.
                    fails(_) -> error(no_cart).
                    """), """
            tracing.enabled = true
            erlang.mounts {
              "/parent" { peer = backend, call = "traced:parent" }
              "/fails" { peer = backend, call = "traced:fails" }
            }
            """);

    @BeforeAll
    static void awaitBatcher() {
        Await.value("the call batcher", () -> pier.admin("/status"), it -> it.contains("\"callHelper\":true"));
    }

    @AfterAll
    static void reset() {
        GlobalOpenTelemetry.resetForTest();
    }

    /// The span of that name, which ends after the response.
    private static SpanData span(String name) {
        return Await.value(
                        name,
                        () -> spans.getFinishedSpanItems().stream()
                                .filter(span -> span.getName().equals(name))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void requestCallAndErlangProcessAreOneTrace() throws Exception {
        String body =
                pier.send(pier.to("/parent").header("traceparent", TRACEPARENT)).body();

        SpanData request = span("GET /parent/*");
        SpanData call = span("traced:parent/1");
        assertThat(request.getTraceId()).isEqualTo(TRACE);
        assertThat(request.getParentSpanId()).isEqualTo(CLIENT_SPAN);
        assertThat(call.getTraceId()).isEqualTo(TRACE);
        assertThat(call.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(body).isEqualTo("\"00-" + TRACE + "-" + call.getSpanId() + "-01\"");
    }

    @Test
    void theProblemOfAFailedCallNamesTheTrace() throws Exception {
        String body =
                pier.send(pier.to("/fails").header("traceparent", TRACEPARENT)).body();

        assertThat(body).containsPattern("\"reference\":\"[0-9a-f]{16}\",\"traceId\":\"" + TRACE + "\"");
    }
}
