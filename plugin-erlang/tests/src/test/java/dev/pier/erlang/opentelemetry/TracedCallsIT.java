package dev.pier.erlang.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Calls in both directions as spans of OpenTelemetry, and their context in the Erlang process that runs
/// them.
class TracedCallsIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private static final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private static final Tracer tracer = sdk.getTracer("test");

    /// Stand-ins for OpenTelemetry for Erlang, which keep what is attached.
    private static final String PROPAGATOR = """
            -module(otel_propagator_text_map).
            -export([extract/1]).
            extract(Carrier) -> put(attached, Carrier).
            """;

    private static final String OPENTELEMETRY = """
            -module(opentelemetry).
            -export([get_text_map_extractor/0]).
            get_text_map_extractor() -> none.
            """;

    private static TestNode node;
    private static Peer peer;
    private Span root;
    private Scope scope;

    @BeforeAll
    static void start() throws IOException {
        erlang.compile("""
                -module(t).
                -behaviour(gen_server).
                -compile(export_all).
                -compile(nowarn_export_all).
                headers(Key) ->
                    case get(Key) of
                        undefined -> #{};
                        Headers -> maps:from_list(Headers)
                    end.
                context() -> #{pier => headers('$pier_trace'), otel => headers(attached)}.
                tell(To) -> To ! context().
                rows() -> pier_stream:run(fun(Emit) -> Emit(headers('$pier_trace')), Emit(2), Emit(3) end).
                fails() -> error(no_cart).
                waits() -> receive after infinity -> ok end.
                init(_) -> {ok, []}.
                handle_call(Request, _, State) -> {reply, Request, State}.
                handle_cast(_, State) -> {noreply, State}.
                """);
        erlang.compile(PROPAGATOR);
        erlang.compile(OPENTELEMETRY);
        erlang.compile(ModuleLoader.source("pier_stream"));
        erlang.eval("{ok, _} = gen_server:start({local, shop}, t, [], [])");
        node = TestNode.start(TestNode.builder(erlang.cookie())
                .link(TestNode.LINK.withBatching(BatchingMode.LOAD))
                .tracing(ErlangTracing.of(sdk)));
        peer = node.peer(erlang);
        awaitBatcher(node, erlang);
    }

    private static void awaitBatcher(TestNode node, ErlangPeer release) {
        node.peer(release).call("erlang", "node");
        Await.until(
                "the call batcher",
                () -> node.link(release).current().orElseThrow().batcher().isPresent());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    @SuppressWarnings("MustBeClosedChecker") // Closed after each test.
    void begin() {
        spans.reset();
        root = tracer.spanBuilder("request").startSpan();
        scope = root.makeCurrent();
    }

    @AfterEach
    void end() {
        scope.close();
        root.end();
    }

    /// The span of the only call so far.
    private SpanData span() {
        List<SpanData> ended = Await.value("the span", spans::getFinishedSpanItems, all -> !all.isEmpty());
        assertThat(ended).hasSize(1);
        return ended.getFirst();
    }

    private SpanData spanOfTheTrace(SpanKind kind, String name) {
        SpanData span = span();
        assertThat(span.getTraceId()).isEqualTo(root.getSpanContext().getTraceId());
        assertThat(span.getParentSpanId()).isEqualTo(root.getSpanContext().getSpanId());
        assertThat(span.getKind()).isEqualTo(kind);
        assertThat(span.getName()).isEqualTo(name);
        return span;
    }

    private static Map<String, Object> attributes(SpanData span) {
        Map<String, Object> attributes = new HashMap<>();
        span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
        return attributes;
    }

    private static String traceparent(SpanData span) {
        return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-01";
    }

    @Test
    void aCallIsASpanWhoseContextTheErlangProcessHas() {
        Map<?, ?> seen = peer.call("t", "context").as(Map.class);

        SpanData span = spanOfTheTrace(SpanKind.CLIENT, "t:context/0");
        assertThat(attributes(span))
                .isEqualTo(Map.of(
                        "rpc.system.name", "erlang",
                        "rpc.method", "t:context/0",
                        "pier.erlang.peer", erlang.nodeName(),
                        "pier.erlang.node", erlang.nodeName(),
                        "server.address",
                                erlang.nodeName().substring(erlang.nodeName().indexOf('@') + 1)));
        Map<String, String> headers = Map.of("traceparent", traceparent(span));
        assertThat(seen).isEqualTo(Map.of("pier", headers, "otel", headers));
    }

    @Test
    void theTracestateGoesAlong() {
        Map<?, ?> without = peer.call("t", "headers", Atom.of("$pier_trace")).as(Map.class);
        assertThat(without.keySet()).hasToString("[traceparent]");
        spans.reset();
        Span remote = Span.wrap(SpanContext.createFromRemoteParent(
                root.getSpanContext().getTraceId(),
                root.getSpanContext().getSpanId(),
                TraceFlags.getSampled(),
                TraceState.builder().put("congo", "t61").build()));
        try (Scope _ = remote.makeCurrent()) {
            Map<?, ?> with = peer.call("t", "headers", Atom.of("$pier_trace")).as(Map.class);
            assertThat(with).isEqualTo(Map.of("traceparent", traceparent(span()), "tracestate", "congo=t61"));
        }
    }

    @Test
    void callsOnOtherThreadsBelongToTheTraceOfTheirCaller() throws Exception {
        CompletableFuture<?> call = peer.callAsync("t", "context");
        call.get();
        spanOfTheTrace(SpanKind.CLIENT, "t:context/0");
        spans.reset();

        assertThat(peer.callAll("t", "context")).allMatch(it -> it.failure().isEmpty());
        spanOfTheTrace(SpanKind.CLIENT, "t:context/0");
        spans.reset();

        peer.server("shop").callAsync("any").get();
        spanOfTheTrace(SpanKind.CLIENT, "gen_server:call/2");
    }

    @Test
    void aFailedCallIsAFailedSpan() {
        assertThatThrownBy(() -> peer.call("t", "fails")).isInstanceOf(ErlangException.class);
        SpanData span = spanOfTheTrace(SpanKind.CLIENT, "t:fails/0");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getStatus().getDescription()).contains("no_cart");
        assertThat(attributes(span)).containsEntry("error.type", "error");
    }

    /// The stack trace is that of the function, as without a trace.
    @Test
    void theErrorOfATracedCallIsThatOfTheFunction() {
        assertThatThrownBy(() -> peer.call("t", "fails"))
                .isInstanceOfSatisfying(
                        RemoteError.class,
                        e -> assertThat(e.erlangStackTrace().toString())
                                .startsWith("[{t,fails,0,")
                                .doesNotContain("pier_calls"));
        assertThatThrownBy(() -> peer.call("t", "missing", 1))
                .hasMessageContaining("t:missing/1")
                .hasMessageNotContaining("traced");
    }

    @Test
    void aCallThatIsLateIsAFailedSpan() {
        Peer hasty = peer.with(new CallOptions(Duration.ofMillis(50)));
        assertThatThrownBy(() -> hasty.call("t", "waits")).isInstanceOf(ErlangException.class);
        assertThat(attributes(span())).containsEntry("error.type", "timeout");
    }

    @Test
    void aCallToAServerIsASpan() {
        assertThat(peer.server("shop").call("any").as(String.class)).isEqualTo("any");
        SpanData span = spanOfTheTrace(SpanKind.CLIENT, "gen_server:call/2");
        assertThat(attributes(span)).containsEntry("pier.erlang.process", "shop");
    }

    @Test
    void castsAndMessagesAreSpans() {
        try (Mailbox mailbox = node.processes().mailbox()) {
            peer.cast("t", "tell", mailbox.self());
            Map<?, ?> seen = mailbox.receive(Await.PATIENCE).orElseThrow().as(Map.class);
            SpanData cast = spanOfTheTrace(SpanKind.CLIENT, "t:tell/1");
            assertThat(seen.get("otel")).isEqualTo(Map.of("traceparent", traceparent(cast)));
        }
        spans.reset();
        peer.server("shop").cast("any");
        spanOfTheTrace(SpanKind.CLIENT, "gen_server:cast/2");
        spans.reset();
        peer.send("shop", "any");
        SpanData sent = spanOfTheTrace(SpanKind.PRODUCER, "send");
        assertThat(attributes(sent)).containsEntry("pier.erlang.process", "shop");
    }

    @Test
    void theSpanOfAStreamEndsWithTheStream() {
        ReplyStream stream = peer.stream("t", "rows");
        var rows = stream.iterator();
        Map<?, ?> first = rows.next().as(Map.class);
        assertThat(spans.getFinishedSpanItems()).isEmpty();
        rows.next();
        rows.next();
        assertThat(rows.hasNext()).isFalse();

        SpanData span = spanOfTheTrace(SpanKind.CLIENT, "t:rows/0");
        assertThat(first).isEqualTo(Map.of("traceparent", traceparent(span)));
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void aStreamThatFailsIsAFailedSpan() {
        assertThatThrownBy(() -> peer.stream("t", "fails").close()).isInstanceOf(ErlangException.class);
        assertThat(attributes(span())).containsEntry("error.type", "error");
    }

    @Test
    void aServedFunctionIsTheRootOfATrace() {
        CompletableFuture<String> inside = new CompletableFuture<>();
        try (var _ = node.runtime().expose("shop", "price", 1, arguments -> {
                    inside.complete(Span.current().getSpanContext().getSpanId());
                    return arguments.as(0, long.class) * 2;
                });
                var _ = node.runtime().expose("shop", "broken", 0, _ -> {
                    throw new IllegalStateException("no price");
                })) {
            assertThat(erlang.eval("erpc:call('" + node.name() + "', shop, price, [21])"))
                    .isEqualTo("42");
            SpanData span = span();
            assertThat(span.getName()).isEqualTo("shop:price/1");
            assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
            assertThat(span.getParentSpanContext().isValid()).isFalse();
            assertThat(inside).isCompletedWithValue(span.getSpanId());
            assertThat(attributes(span))
                    .containsEntry("rpc.method", "shop:price/1")
                    .containsEntry("pier.erlang.node", erlang.nodeName());
            spans.reset();

            erlang.eval("catch erpc:call('" + node.name() + "', shop, broken, [])");
            assertThat(attributes(span())).containsEntry("error.type", IllegalStateException.class.getName());
        }
    }

    /// A release may have the module of an earlier Pier.
    @Test
    void anOlderModuleRunsCallsWithoutTheirContext() throws Exception {
        try (ErlangPeer release = ErlangPeer.start();
                TestNode traced = TestNode.start(TestNode.builder(release.cookie())
                        .link(TestNode.LINK.withBatching(BatchingMode.PRESENT))
                        .tracing(ErlangTracing.of(sdk)))) {
            String before = ModuleLoader.source("pier_calls")
                    .replace("start(Version, Alias) when Version =:= 1; Version =:= 2 ->", "start(1, Alias) ->");
            assertThat(before).contains("start(1, Alias) ->");
            release.compile(before);
            awaitBatcher(traced, release);
            assertThat(traced.peer(release).call("erlang", "get").term()).hasToString("[]");
            assertThat(traced.link(release).current().orElseThrow().takesTraces())
                    .isFalse();
        }
    }

    @Test
    void withoutTracingTheModuleIsAskedForItsFirstVersion() throws Exception {
        try (ErlangPeer release = ErlangPeer.start();
                TestNode plain = TestNode.start(release.cookie(), BatchingMode.PRESENT)) {
            release.compile(ModuleLoader.source("pier_calls")
                    .replace("when Version =:= 1; Version =:= 2 ->", "when Version =:= 1 ->"));
            awaitBatcher(plain, release);
            assertThat(plain.peer(release).call("erlang", "get").term()).hasToString("[]");
        }
    }

    @Test
    void withoutOpenTelemetryTheContextIsInTheProcessOnly() throws Exception {
        try (ErlangPeer release = ErlangPeer.start();
                TestNode traced = TestNode.start(TestNode.builder(release.cookie())
                        .link(TestNode.LINK.withBatching(BatchingMode.LOAD))
                        .tracing(ErlangTracing.of(sdk)))) {
            // A propagator that is not running is not loaded for a call.
            release.compile(PROPAGATOR);
            awaitBatcher(traced, release);
            assertThat(traced.peer(release).call("erlang", "get").term().toString())
                    .startsWith("[{'$pier_trace',[{<<\"traceparent\">>,<<\"00-")
                    .doesNotContain("attached");
        }
    }
}
