package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.pier.server.http.HttpServer;
import dev.pier.server.trace.RequestSpan;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests as parts of traces: `tracing.enabled`, with an SDK of OpenTelemetry that keeps the spans.
class TracingIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";

    private static final InMemorySpanExporter spans = InMemorySpanExporter.create();

    @TempDir
    static Path home;

    private static TestServer server;
    private LogLines accessLog;
    private LogLines failures;

    @BeforeAll
    static void start() throws Exception {
        GlobalOpenTelemetry.resetForTest();
        GlobalOpenTelemetry.set(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .build());
        server = TestServer.in(
                home,
                "tracing.enabled = true, access-log.enabled = true",
                new TestPlugin(context -> assertThat(context.openTelemetry()).isNotNull()));
        new Archive().servlet("app.Shop", "/cart", """
                        if (request.getParameter("fail") != null) {
                            throw new IllegalStateException("no cart");
                        }
                        response.getWriter().print(request.getAttribute("dev.pier.trace-id"));
                        """).jar(server.webapps().resolve("shop.jar"));
        server.start();
    }

    @AfterAll
    static void stop() {
        server.close();
        GlobalOpenTelemetry.resetForTest();
    }

    @BeforeEach
    void capture() {
        spans.reset();
        accessLog = LogLines.of(HttpServer.ACCESS_LOGGER, Level.INFO);
        failures = LogLines.of("dev.pier.server.webapp.AppErrorHandler");
    }

    @AfterEach
    void release() {
        accessLog.close();
        failures.close();
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.at(path));
        return server.send(headers.length == 0 ? request : request.headers(headers));
    }

    /// The span of the only request so far.
    private static SpanData span() throws Exception {
        TestServer.await("the span", () -> !spans.getFinishedSpanItems().isEmpty());
        assertThat(spans.getFinishedSpanItems()).hasSize(1);
        return spans.getFinishedSpanItems().getFirst();
    }

    private static Map<String, Object> attributes(SpanData span) {
        Map<String, Object> attributes = new HashMap<>();
        span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
        return attributes;
    }

    @Test
    void aRequestContinuesTheTraceOfItsClient() throws Exception {
        assertThat(get(
                                "/shop/cart?secret=1",
                                "traceparent",
                                TRACEPARENT,
                                "tracestate",
                                "congo=t61,rojo=1",
                                "User-Agent",
                                "it")
                        .body())
                .isEqualTo(TRACE);

        SpanData span = span();
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PARENT);
        assertThat(span.getParentSpanContext().isRemote()).isTrue();
        assertThat(span.getSpanContext().getTraceState().asMap())
                .containsExactly(Map.entry("congo", "t61"), Map.entry("rojo", "1"));
        assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(span.getName()).isEqualTo("GET /shop/*");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attributes(span))
                .isEqualTo(Map.ofEntries(
                        Map.entry("http.request.method", "GET"),
                        Map.entry("http.response.status_code", 200L),
                        Map.entry("http.route", "/shop/*"),
                        Map.entry("url.path", "/shop/cart"),
                        Map.entry("url.scheme", "http"),
                        Map.entry("server.address", "127.0.0.1"),
                        Map.entry("server.port", (long) server.server().url().getPort()),
                        Map.entry("client.address", "127.0.0.1"),
                        Map.entry("network.protocol.version", "1.1"),
                        Map.entry("user_agent.original", "it")));
        TestServer.await("the line", () -> !accessLog.messages().isEmpty());
        assertThat(accessLog.text())
                .contains("\"GET /shop/cart HTTP/1.1\" 200 32")
                .endsWith(" " + TRACE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "none",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            })
    void aRequestWithoutAValidHeaderBeginsATrace(String traceparent) throws Exception {
        String trace = get("/shop/cart", "traceparent", traceparent, "tracestate", "congo=t61")
                .body();

        assertThat(trace).matches("[0-9a-f]{32}").isNotEqualTo(TRACE);
        SpanData span = span();
        assertThat(span.getTraceId()).isEqualTo(trace);
        assertThat(span.getParentSpanContext().isValid()).isFalse();
        assertThat(span.getSpanContext().getTraceState().isEmpty()).isTrue();
    }

    @Test
    void twoHeadersBeginATrace() throws Exception {
        assertThat(get("/shop/cart", "traceparent", TRACEPARENT, "traceparent", TRACEPARENT)
                        .body())
                .isNotEqualTo(TRACE)
                .isEqualTo(span().getTraceId());
    }

    @Test
    void aFailureHasTheTraceInItsBodyAndItsLogLine() throws Exception {
        HttpResponse<String> response =
                get("/shop/cart?fail=1", "traceparent", TRACEPARENT, "Accept", "application/json");

        Matcher body = Pattern.compile("\\{\"status\":500,\"message\":\".*\",\"reference\":\"([0-9a-f]{16})\""
                        + ",\"traceId\":\"" + TRACE + "\"}\n")
                .matcher(response.body());
        assertThat(body.matches()).as(response.body()).isTrue();
        SpanData span = span();
        ILoggingEvent line = failures.events().getFirst();
        assertThat(line.getFormattedMessage()).contains(body.group(1));
        assertThat(line.getMDCPropertyMap()).isEqualTo(Map.of("trace_id", TRACE, "span_id", span.getSpanId()));
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes(span)).containsEntry("http.response.status_code", 500L);
    }

    @Test
    void requestsOfNoApplicationAreSpansToo() throws Exception {
        assertThat(get("/nothing", "traceparent", TRACEPARENT, "Accept", "application/json")
                        .body())
                .contains("\"traceId\":\"" + TRACE + "\"");
        SpanData span = span();
        assertThat(span.getName()).isEqualTo("GET");
        assertThat(attributes(span))
                .containsEntry("http.response.status_code", 404L)
                .doesNotContainKeys("http.route", "error.type");
    }

    @Test
    void unknownMethodsShareOneName() throws Exception {
        server.send(HttpRequest.newBuilder(server.at("/shop/cart")).method("BREW", BodyPublishers.noBody()));
        SpanData span = span();
        assertThat(span.getName()).isEqualTo("HTTP /shop/*");
        assertThat(attributes(span))
                .containsEntry("http.request.method", "_OTHER")
                .containsEntry("http.request.method_original", "BREW");
    }

    @Test
    void withoutTheSettingRequestsBelongToNoTrace(@TempDir Path other) throws Exception {
        try (TestServer plain = TestServer.in(
                other,
                "access-log.enabled = true",
                new TestPlugin(context -> assertThat(context.openTelemetry()).isNull()))) {
            new Archive()
                    .servlet(
                            "app.Shop",
                            "/cart",
                            "response.getWriter().print(request.getAttribute(\"" + RequestSpan.TRACE_ID + "\"));")
                    .jar(plain.webapps().resolve("shop.jar"));
            plain.start();
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(plain.at("/shop/cart")).header("traceparent", TRACEPARENT);
            assertThat(plain.send(request).body()).isEqualTo("null");
            TestServer.await("the line", () -> !accessLog.messages().isEmpty());
            assertThat(accessLog.text()).doesNotContain(TRACE);
            assertThat(spans.getFinishedSpanItems()).isEmpty();
        }
    }
}
