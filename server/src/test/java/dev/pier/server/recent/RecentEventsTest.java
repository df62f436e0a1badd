package dev.pier.server.recent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import dev.pier.server.http.HttpServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RecentEventsTest {
    private static final Logger log = LoggerFactory.getLogger("test.recent");

    private static JsonNode answer(RecentEvents events, long after) {
        return JsonMapper.shared().valueToTree(events.lines(after, 500));
    }

    /// The lines of this test.
    private static List<JsonNode> lines(RecentEvents events, long after) {
        return answer(events, after).path("lines").values().stream()
                .filter(line -> line.path("logger").asString().equals("test.recent"))
                .toList();
    }

    private static List<String> messages(RecentEvents events, long after) {
        return lines(events, after).stream()
                .map(line -> line.path("message").asString())
                .toList();
    }

    @Test
    void linesOfTheLogAreKept() {
        try (RecentEvents events = RecentEvents.follow()) {
            log.warn("first {}", 1, new IllegalStateException("oops"));
            long last = answer(events, 0).path("last").asLong();
            log.warn("second");
            LoggerFactory.getLogger(HttpServer.ACCESS_LOGGER).warn("GET /");

            JsonNode first = lines(events, 0).getFirst();
            assertThat(first.path("level").asString()).isEqualTo("WARN");
            assertThat(first.path("message").asString()).isEqualTo("first 1");
            assertThat(first.path("stackTrace").asString()).startsWith("java.lang.IllegalStateException: oops");
            assertThat(first.path("text").asString())
                    .contains(" WARN  [")
                    .contains("] test.recent: first 1\njava.lang.IllegalStateException: oops");
            assertThat(messages(events, last)).containsExactly("second");
            assertThat(answer(events, 0).toString()).doesNotContain("GET /");
        }
    }

    @Test
    void aChangedLogConfigurationDoesNotEndThem() throws Exception {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        try (RecentEvents events = RecentEvents.follow()) {
            log.warn("before");
            context.reset();
            new ContextInitializer(context).autoConfig();
            log.warn("after");
            assertThat(messages(events, 0)).containsExactly("before", "after");
        }
    }

    @Test
    void nothingIsKeptAfterTheEnd() {
        RecentEvents events = RecentEvents.follow();
        log.warn("before");
        events.close();
        log.warn("after");
        assertThat(messages(events, 0)).containsExactly("before");
    }

    @Test
    void anEventWithAReferenceIsAFailure() {
        try (RecentEvents events = RecentEvents.follow()) {
            log.atWarn()
                    .addKeyValue("reference", "0123456789abcdef")
                    .addKeyValue("request", "GET /shop")
                    .addKeyValue("failure", new IllegalStateException("hidden in the log"))
                    .log("Failed\nfor a reason");
            log.atError()
                    .addKeyValue("reference", "fedcba9876543210")
                    .setCause(new Error("cause"))
                    .log("Failed");
            log.warn("(reference 1111111111111111)");

            assertThat(events.failures())
                    .extracting(it -> it.get("reference"))
                    .containsExactly("fedcba9876543210", "0123456789abcdef");
            assertThat(events.failures().getLast())
                    .containsEntry("message", "Failed")
                    .doesNotContainKey("stackTrace");
            Map<String, Object> found = events.failure("0123456789abcdef").orElseThrow();
            assertThat(found).containsEntry("request", "GET /shop").containsEntry("message", "Failed\nfor a reason");
            assertThat(String.valueOf(found.get("stackTrace"))).contains("hidden in the log", "RecentEventsTest");
            assertThat(String.valueOf(
                            events.failure("fedcba9876543210").orElseThrow().get("stackTrace")))
                    .startsWith("java.lang.Error: cause");
            assertThat(events.failure("none")).isEmpty();
        }
    }

    @Test
    void textsOfAnySizeStayWithinTheBound() {
        try (RecentEvents events = RecentEvents.follow()) {
            String large = "x".repeat(1 << 20);
            for (int i = 0; i < RecentEvents.MAX_FAILURES + 10; i++) {
                log.atWarn()
                        .addKeyValue("reference", "r" + i)
                        .setCause(new IllegalStateException(large))
                        .log(large);
            }
            assertThat(events.failures()).hasSizeBetween(10, RecentEvents.MAX_FAILURES);
            assertThat(String.valueOf(events.failure("r" + (RecentEvents.MAX_FAILURES + 9))
                                    .orElseThrow())
                            .length())
                    .isLessThan(50_000);
            assertThat(events.failure("r0")).isEmpty();
        }
    }
}
