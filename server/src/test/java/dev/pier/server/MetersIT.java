package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import java.lang.ref.WeakReference;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The meters of applications, from their code to `/metrics`.
class MetersIT {
    private static final String METERS = "@Resource(name = \"meters\") private dev.pier.server.api.Meters meters;";

    @TempDir
    Path home;

    private static String metrics(TestServer server) throws Exception {
        return server.admin("/metrics").body();
    }

    /// An application with a servlet at `/count` that counts `hits` by the parameter `kind`.
    private static Archive counting() {
        return new Archive().servlet("app.Count", "/count", METERS, """
                meters.counter("hits", "kind", request.getParameter("kind")).increment();
                response.getWriter().print("counted");
                """);
    }

    @Test
    void theServletOfTheDocumentationCounts() throws Exception {
        String code = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/metrics.md")))
                .results()
                .map((MatchResult block) -> block.group(1))
                .findFirst()
                .orElseThrow();
        try (TestServer server = TestServer.in(home, "")) {
            new Archive().source("Orders", code).jar(server.webapps().resolve("shop.jar"));
            server.start();
            for (String query : new String[] {"", "?express", ""}) {
                HttpRequest.Builder order = HttpRequest.newBuilder(server.at("/shop/orders" + query));
                assertThat(server.send(order.POST(BodyPublishers.noBody())).statusCode())
                        .isEqualTo(201);
            }

            assertThat(metrics(server))
                    .contains("\n# TYPE orders_placed_total counter\n")
                    .contains("\norders_placed_total{application=\"/shop\",kind=\"standard\"} 2.0\n")
                    .contains("\norders_placed_total{application=\"/shop\",kind=\"express\"} 1.0\n")
                    .contains("\norders_waiting{application=\"/shop\"} 3.0\n")
                    .contains("\norders_placing_seconds_count{application=\"/shop\"} 3\n")
                    .contains("\norders_placing_seconds_bucket{application=\"/shop\",le=\"+Inf\"} 3\n");
        }
    }

    @Test
    void allWaysLeadToTheMetersOfTheApplication() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive archive = new Archive().servlet("app.Ways", "/ways", METERS + """
                    @Inject private dev.pier.server.api.Meters injected;
                    """, """
                    try {
                        Object looked = new javax.naming.InitialContext().lookup("java:comp/env/meters");
                        ((dev.pier.server.api.Meters) looked).counter("ways").increment();
                    } catch (javax.naming.NamingException e) {
                        throw new ServletException(e);
                    }
                    Object attribute = getServletContext().getAttribute("meters");
                    ((dev.pier.server.api.Meters) attribute).counter("ways").increment();
                    meters.counter("ways").increment();
                    injected.counter("ways").increment();
                    """);
            archive.jar(server.webapps().resolve("a.jar"));
            archive.jar(server.webapps().resolve("b.jar"));
            server.start();
            assertThat(server.get("/a/ways").statusCode()).isEqualTo(200);
            assertThat(server.get("/b/ways").statusCode()).isEqualTo(200);
            assertThat(server.get("/b/ways").statusCode()).isEqualTo(200);

            assertThat(metrics(server))
                    .contains("\nways_total{application=\"/a\"} 4.0\n")
                    .contains("\nways_total{application=\"/b\"} 8.0\n");
        }
    }

    @Test
    void anApplicationBeyondTheLimitWorksAndTheLogNamesTheSetting() throws Exception {
        try (LogLines log = LogLines.of("dev.pier");
                TestServer server = TestServer.in(home, "metrics.max-per-application = 3")) {
            counting().jar(server.webapps().resolve("app.jar"));
            server.start();
            for (int i = 0; i < 10; i++) {
                assertThat(server.get("/app/count?kind=" + i).body()).isEqualTo("counted");
            }

            assertThat(metrics(server).lines().filter(line -> line.startsWith("hits_total")))
                    .containsExactlyInAnyOrder(
                            "hits_total{application=\"/app\",kind=\"0\"} 1.0",
                            "hits_total{application=\"/app\",kind=\"1\"} 1.0",
                            "hits_total{application=\"/app\",kind=\"2\"} 1.0");
            assertThat(metrics(server))
                    .contains("\npier_meters{application=\"/app\"} 3.0\n")
                    .contains("\npier_meters_dropped_total{application=\"/app\"} 7.0\n");
            assertThat(log.warnings().stream().filter(line -> line.contains("metrics.max-per-application")))
                    .containsExactly("The meter hits of /app is not published: the application has 3 meters"
                            + " (metrics.max-per-application); give labels few values, or raise the limit");
        }
    }

    @Test
    void aRedeploymentGoesOnCountingAndAnUndeploymentLeavesNothing() throws Exception {
        List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();
        Consumer<ClassLoader> probe = loader -> loaders.add(new WeakReference<>(loader));
        TestPlugin plugin = new TestPlugin(context -> context.bind("probe", Consumer.class, probe));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Path app = server.webapps().resolve("app.jar");
            version("v1").jar(app);
            server.start();
            assertThat(server.get("/app/hello").body()).isEqualTo("v1");
            assertThat(metrics(server)).contains("\nversion_v1{application=\"/app\"} 1.0\n");
            version("v2").jar(app);
            server.awaitBody("/app/hello", "v2");
            TestServer.await(
                    "the end of the old version", () -> !metrics(server).contains("version_v1"));
            assertThat(metrics(server))
                    .contains("\nversion_v2{application=\"/app\"} 1.0\n")
                    .containsPattern("\ngreetings_total\\{application=\"/app\"} ([2-9]|\\d\\d)");
            TestServer.await("the end of its classes", () -> {
                System.gc();
                return loaders.stream().filter(it -> it.get() != null).count() == 1;
            });

            Files.delete(app);
            TestServer.await(
                    "the end of the application", () -> !metrics(server).contains("pier_meters{application=\"/app\"}"));
            assertThat(metrics(server)).doesNotContain("version_", "greetings", "pier_meters");
            TestServer.await("the end of all its classes", () -> {
                System.gc();
                return loaders.stream().allMatch(it -> it.get() == null);
            });
        }
    }

    /// An application that counts greetings, and has a gauge of its own name whose function is of its classes.
    private static Archive version(String text) {
        return new Archive()
                .source("app.Start", """
                        package app;
                        import jakarta.annotation.Resource;
                        import jakarta.servlet.*;
                        @jakarta.servlet.annotation.WebListener
                        public class Start implements ServletContextListener {
                            %s
                            @Resource(name = "probe") private java.util.function.Consumer probe;
                            @Override @SuppressWarnings("unchecked")
                            public void contextInitialized(ServletContextEvent event) {
                                probe.accept(getClass().getClassLoader());
                                meters.gauge("version.%s", () -> probe == null ? 0 : 1);
                                meters.counter("greetings");
                            }
                        }
                        """.formatted(METERS, text))
                .servlet("app.Hello", "/hello", METERS, """
                        meters.counter("greetings").increment();
                        response.getWriter().print("%s");
                        """.formatted(text));
    }

    @Test
    void theMetersOfAFailedDeploymentEndWithIt() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .servlet("app.Bad", "/bad", METERS, "")
                    .source("app.Start", """
                            package app;
                            @jakarta.servlet.annotation.WebListener
                            public class Start implements jakarta.servlet.ServletContextListener {
                                @jakarta.annotation.Resource(name = "meters")
                                private dev.pier.server.api.Meters meters;
                                @Override
                                public void contextInitialized(jakarta.servlet.ServletContextEvent event) {
                                    meters.counter("starts").increment();
                                    throw new IllegalStateException("does not start");
                                }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(server.status("app.jar").orElseThrow().reason()).contains("does not start");
            assertThat(metrics(server)).doesNotContain("starts", "pier_meters");
        }
    }

    @Test
    void anApplicationWithALibraryOfMetricsKeepsIt() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive archive = new Archive();
            for (Class<?> type : List.of(
                    MeterRegistry.class,
                    Class.forName("io.micrometer.common.KeyValue"),
                    Class.forName("io.micrometer.observation.Observation"))) {
                archive.library(Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().toURI()));
            }
            archive.servlet("app.Both", "/both", METERS, """
                            io.micrometer.core.instrument.MeterRegistry own =
                                    new io.micrometer.core.instrument.simple.SimpleMeterRegistry();
                            own.counter("own").increment();
                            meters.counter("piers").increment();
                            response.getWriter().print(own.counter("own").count() + " "
                                    + (own.getClass().getClassLoader() == getClass().getClassLoader()));
                            """)
                    .war(server.webapps().resolve("app.war"));
            server.start();

            assertThat(server.get("/app/both").body()).isEqualTo("1.0 true");
            assertThat(metrics(server))
                    .contains("\npiers_total{application=\"/app\"} 1.0\n")
                    .doesNotContain("own_total");
        }
    }
}
