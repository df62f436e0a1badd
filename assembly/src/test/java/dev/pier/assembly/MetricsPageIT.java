package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// docs/metrics.md and the dashboard docs/grafana.json name what a server that has done a bit of everything reports.
class MetricsPageIT {
    private static final Path DOCS = Distribution.sources().resolve("docs");

    /// Only with TLS.
    private static final String EXPIRY = "pier_erlang_tls_expiry_seconds";

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path home;

    private static RunningPier pier;

    /// A line of /metrics: `name{label="value",…} number`.
    private record Line(String name, Set<String> labels) {}

    private static Set<Line> lines;

    @BeforeAll
    static void scrapeAServerThatHasServed() throws Exception {
        // The metrics of a pool do not depend on its database.
        String database = "datasources.main.url = \"jdbc:postgresql://127.0.0.1:1/none\"\n";
        String https = RunningPier.httpsSettings(TestTls.create());
        pier = RunningPier.withSample(home, erlang, Sample.MOUNT + database + https);
        pier.awaitStatus("/mounted", 200);
        // Without a collection there are no metrics of its pauses.
        System.gc();
        Await.until("the metrics of the mount and of a collection", () -> {
            String metrics = pier.admin("/metrics").body();
            return metrics.contains("pier_erlang_mount_requests_total") && metrics.contains("jvm_gc_pause_seconds_sum");
        });
        lines = pier.admin("/metrics")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> new Line(
                        find("^\\w+", line).findFirst().orElseThrow(),
                        find("(\\w+)=\"", line).collect(Collectors.toSet())))
                .collect(Collectors.toSet());
    }

    @AfterAll
    static void stop() {
        pier.close();
    }

    @Test
    void thePageHasTheMetricsOfTheServer() throws IOException {
        Set<String> documented = find("(?m)^\\| `(\\w+)`", Files.readString(DOCS.resolve("metrics.md")))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> reported = lines.stream()
                .map(Line::name)
                .filter(name -> name.matches("(hikaricp|http|pier|websocket)_.*"))
                .map(name -> name.replaceFirst("_seconds_(bucket|count|sum|max)$", "_seconds"))
                .collect(Collectors.toCollection(TreeSet::new));
        reported.add(EXPIRY);

        assertThat(documented).isEqualTo(reported);
    }

    @Test
    void theDashboardAsksForMetricsAndLabelsThatAreThere() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(DOCS.resolve("grafana.json"));
        Set<String> queries = dashboard.findValuesAsString("expr").stream().collect(Collectors.toSet());
        assertThat(queries).hasSizeGreaterThan(20);

        for (String query : queries) {
            Set<String> names = find("\\b([a-z]+_\\w+)\\{", query).collect(Collectors.toSet());
            assertThat(names).as(query).isNotEmpty();
            // `instance` comes from Prometheus, `le` from buckets only.
            Set<String> labels = Stream.concat(
                            find("\\bby \\(([^)]*)\\)", query).flatMap(it -> Stream.of(it.split(", "))),
                            find("[{ ](\\w+)=~?\"", query))
                    .filter(label -> !label.equals("instance"))
                    .collect(Collectors.toSet());
            for (String name : names) {
                if (!name.equals(EXPIRY)) {
                    assertThat(lines)
                            .as(query)
                            .anyMatch(
                                    it -> it.name().equals(name) && it.labels().containsAll(labels));
                }
            }
        }
    }

    /// Returns the first groups of all matches, or the matches themselves.
    private static Stream<String> find(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map((MatchResult it) -> it.groupCount() == 0 ? it.group() : it.group(1));
    }
}
