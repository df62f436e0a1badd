package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.Section;
import dev.pier.server.login.PasswordHash;
import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.PluginReload;
import dev.pier.server.plugin.ServerPlugin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Changes of `server.conf` that a running server takes up.
class ReloadIT {
    private static final String COMMON = """
            http { host = 127.0.0.1, port = 0 }
            admin { port = 0, token-file = admin.token }
            webapps.scan-interval = 100 ms
            access-log.enabled = false
            """;

    private final LogLines log = LogLines.of(Reload.class.getName(), Level.INFO);

    @TempDir
    Path home = Path.of("");

    private Path conf = Path.of("");

    @BeforeEach
    void prepare() throws Exception {
        conf = Files.createDirectories(home.resolve("conf")).resolve("server.conf");
        Files.createDirectories(home.resolve("webapps"));
    }

    @AfterEach
    void detach() {
        log.close();
    }

    private ApplicationServer start(String settings) throws Exception {
        return start(settings, List::of);
    }

    private ApplicationServer start(String settings, Supplier<List<ServerPlugin>> plugins) throws Exception {
        write(settings);
        ApplicationServer server = new ApplicationServer(Configuration.load(conf, Map.of(), Map.of()), plugins.get());
        server.reloadable(() -> Configuration.load(conf, Map.of(), Map.of()), plugins);
        server.start();
        return server;
    }

    private void write(String settings) throws Exception {
        Files.writeString(conf, COMMON + settings);
    }

    private HttpResponse<String> operate(ApplicationServer server, String path, String body) throws Exception {
        String token = Files.readString(home.resolve("conf/admin.token")).strip();
        return http(HttpRequest.newBuilder(server.adminUrl().resolve(path))
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.ofString(body)));
    }

    private JsonNode reload(ApplicationServer server) throws Exception {
        HttpResponse<String> response = operate(server, "/reload", "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.builder().build().readTree(response.body());
    }

    private static HttpResponse<String> http(HttpRequest.Builder request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static String get(ApplicationServer server, String path) throws Exception {
        return http(HttpRequest.newBuilder(server.url().resolve(path))).body();
    }

    private void app(String name) {
        new Archive()
                .servlet(
                        "app.Color",
                        "/color",
                        "response.getWriter().print(getServletContext().getInitParameter(\"color\"));")
                .servlet("app.Login", "/login", """
                        try {
                            request.login("joe", "joe");
                            response.getWriter().print(request.getRemoteUser());
                        } catch (ServletException e) {
                            response.getWriter().print(e.getCause() == null ? "refused" : "away");
                        }
                        """)
                .jar(home.resolve("webapps").resolve(name + ".jar"));
    }

    @Test
    void applicationsGetTheirSettingsWithoutAGap() throws Exception {
        app("shop");
        app("other");
        try (ApplicationServer server = start("webapps.apps.shop.init.color = red")) {
            Instant since = server.applications().getFirst().since();
            try (Load load = new Load(4, server.url().resolve("/shop/color"), "red|blue")) {
                load.awaitMore(50);
                write("webapps.apps.shop.init.color = blue\nhttp.idle-timeout = 20 s");
                JsonNode outcome = reload(server);
                assertThat(outcome.path("changed").toString()).isEqualTo("[\"webapps.apps.shop.init\"]");
                assertThat(outcome.path("needsRestart").toString()).isEqualTo("[\"http.idle-timeout\"]");
                assertThat(outcome.path("applications").toString())
                        .isEqualTo("[{\"file\":\"shop.jar\",\"path\":\"/shop\",\"state\":\"deployed\"}]");
                assertThat(get(server, "/shop/color")).isEqualTo("blue");
                load.awaitMore(50);
                assertThat(load.failures()).isEmpty();
            }
            assertThat(server.applications().getFirst().since()).isEqualTo(since);
            assertThat(log.messages())
                    .contains(
                            "Reloaded the configuration: webapps.apps.shop.init",
                            "The change of http.idle-timeout needs a restart");

            write("webapps.apps.shop { path = \"/\", init.color = blue }\nhttp.idle-timeout = 20 s");
            JsonNode moved = reload(server);
            assertThat(moved.path("needsRestart").toString()).isEqualTo("[\"http.idle-timeout\"]");
            assertThat(get(server, "/color")).isEqualTo("blue");
            assertThat(get(server, "/shop/color")).isNotEqualTo("blue");
        }
    }

    @Test
    void aFileWithAnErrorChangesNothing() throws Exception {
        app("shop");
        try (ApplicationServer server = start("webapps.apps.shop.init.color = red")) {
            Instant since = server.applications().getFirst().since();
            for (String mistake :
                    List.of("http.prt = 1", "realms.staff.users-file = missing", "log.levels.x = loud", "webapps { ")) {
                write("webapps.apps.shop.init.color = blue\n" + mistake);
                HttpResponse<String> refused = operate(server, "/reload", "");
                assertThat(refused.statusCode()).as(mistake).isEqualTo(422);
                assertThat(refused.body()).contains("Nothing has changed: ");
            }
            assertThat(log.messages())
                    .anyMatch(line -> line.matches("Cannot reload: .*server.conf:\\d+: http.prt: unknown setting.*"))
                    .anyMatch(line -> line.startsWith("Cannot reload: realms.staff: "));
            assertThat(get(server, "/shop/color")).isEqualTo("red");
            assertThat(server.applications().getFirst().since()).isEqualTo(since);
        }
    }

    @Test
    void realmsComeChangeAndGo() throws Exception {
        app("shop");
        Path users = home.resolve("conf/users");
        Files.createFile(users, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(users, "joe: " + PasswordHash.of("joe"));
        String settings = "webapps.apps.shop.realm = staff\n";
        try (ApplicationServer server = start(settings)) {
            assertThat(server.applications().getFirst().reason()).contains("names the realm 'staff'");
            write(settings + "realms.staff.users-file = users");
            assertThat(reload(server).path("applications").toString()).contains("\"state\":\"deployed\"");
            assertThat(get(server, "/shop/login")).isEqualTo("joe");
            write(settings);
            assertThat(reload(server).path("changed").toString()).isEqualTo("[\"realms.staff.users-file\"]");
            assertThat(get(server, "/shop/login")).isEqualTo("away");
        }
    }

    /// Binds its setting `greeting`, and takes up changes of it.
    private static final class Greeter implements ServerPlugin {
        /// A check that fails.
        private record Down(String name) implements HealthCheck {
            @Override
            public Result check() {
                return new Result(false, Map.of());
            }
        }

        private String greeting = "";
        private @Nullable PluginContext context;

        @Override
        public String name() {
            return "greeter";
        }

        @Override
        public void configure(Section section) {
            greeting = section.string("greeting", "hello");
            section.flag("loud", false);
        }

        @Override
        public void start(PluginContext started) {
            context = started;
            started.bind("greeting", String.class, greeting);
        }

        @Override
        public Optional<PluginReload> reload(Section section) {
            String changed = section.string("greeting", "hello");
            section.flag("loud", false);
            if (changed.isEmpty()) {
                throw new IllegalStateException("a greeting is not empty");
            }
            return Optional.of(new PluginReload() {
                @Override
                public boolean takesUp(String key) {
                    return key.equals("greeter.greeting");
                }

                @Override
                public void apply() {
                    PluginContext running = Objects.requireNonNull(context);
                    running.unbind("greeting");
                    running.bind("greeting", String.class, changed);
                    running.removeReadinessCheck(new Down("greeter"));
                    if (changed.equals("bye")) {
                        running.readinessCheck(new Down("greeter"));
                    }
                }
            });
        }

        @Override
        public void stop() {}
    }

    @Test
    void pluginsTakeUpWhatTheyCan() throws Exception {
        new Archive()
                .servlet(
                        "app.Greet",
                        "/greet",
                        "response.getWriter().print(getServletContext().getAttribute(\"greeting\"));")
                .jar(home.resolve("webapps/shop.jar"));
        try (ApplicationServer server = start("greeter.greeting = hi", () -> List.of(new Greeter()))) {
            assertThat(get(server, "/shop/greet")).isEqualTo("hi");

            write("greeter { greeting = bye, loud = true }\nwebapps.apps.shop.init.color = red");
            JsonNode outcome = reload(server);
            assertThat(outcome.path("changed").toString())
                    .isEqualTo("[\"greeter.greeting\",\"webapps.apps.shop.init\"]");
            assertThat(outcome.path("needsRestart").toString()).isEqualTo("[\"greeter.loud\"]");
            assertThat(get(server, "/shop/greet")).isEqualTo("bye");
            assertThat(server.notReady()).containsExactly("greeter");

            for (String mistake : List.of("greeter.greeting = \"\"", "realms.staff.users-file = missing")) {
                write("greeter.greeting = hey\nwebapps.apps.shop.init.color = blue\n" + mistake);
                assertThat(operate(server, "/reload", "").statusCode()).isEqualTo(422);
                assertThat(get(server, "/shop/greet")).isEqualTo("bye");
                assertThat(server.notReady()).containsExactly("greeter");
            }
            assertThat(log.messages()).contains("Cannot reload: greeter: a greeting is not empty");

            write("webapps.apps.shop.init.color = blue");
            assertThat(reload(server).path("needsRestart").toString()).isEqualTo("[]");
            assertThat(get(server, "/shop/greet")).isEqualTo("hello");
            assertThat(server.notReady()).isEmpty();
        }
    }

    @Test
    void levelsOfTheLogFollowTheFileAndOperators() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("app.of.a.test");
        try (ApplicationServer server = start("log.levels.app.of.a.test = error")) {
            assertThat(logger.isWarnEnabled()).isFalse();
            write("log.levels.app.of.a.test = debug");
            assertThat(reload(server).path("changed").toString()).isEqualTo("[\"log.levels\"]");
            assertThat(logger.isDebugEnabled()).isTrue();

            String name = "{\"logger\":\"app.of.a.test\"";
            assertThat(operate(server, "/log-level", name + "}").body()).contains("\"level\":\"debug\"");
            assertThat(operate(server, "/log-level", name + ",\"level\":\"trace\"}")
                            .body())
                    .contains("\"level\":\"trace\"");
            assertThat(logger.isTraceEnabled()).isTrue();
            assertThat(operate(server, "/log-level", name + ",\"level\":\"loud\"}")
                            .statusCode())
                    .isEqualTo(400);
            write("");
            JsonNode _ = reload(server);
            assertThat(logger.getLevel()).isNull();

            assertThat(operate(server, "/log-level", name + ",\"level\":\"off\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(logger.isErrorEnabled()).isFalse();
            assertThat(operate(server, "/log-level", name + ",\"level\":\"default\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(logger.getLevel()).isNull();
            HttpResponse<String> stranger =
                    http(HttpRequest.newBuilder(server.adminUrl().resolve("/log-level"))
                            .POST(BodyPublishers.ofString(name + "}")));
            assertThat(stranger.statusCode()).isEqualTo(401);
        }
    }

    private record Outcome(int status, String output) {}

    private Outcome pier(String admin, String... arguments) {
        StringWriter printed = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(printed));
        line.setErr(new PrintWriter(printed));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--conf", conf.toString(), "--admin", admin));
        return new Outcome(line.execute(all.toArray(String[]::new)), printed.toString());
    }

    @Test
    void commandsReloadAndSetLevels() throws Exception {
        String admin;
        try (ApplicationServer server = start("")) {
            admin = server.adminUrl().toString();
            write("http.idle-timeout = 20 s\nlog.levels.app.of.a.test = warn");
            Outcome reloaded = pier(admin, "reload");
            assertThat(reloaded.output()).contains("log.levels").contains("http.idle-timeout");
            assertThat(reloaded.status()).isZero();
            assertThat(pier(admin, "log-level", "app.of.a.test"))
                    .isEqualTo(new Outcome(0, "logger: app.of.a.test\nlevel: warn\n"));
            assertThat(pier(admin, "log-level", "app.of.a.test", "debug").output())
                    .contains("level: debug");
            write("log.levels.app.of.a.test = loud");
            Outcome refused = pier(
                    admin,
                    "reload",
                    "--token-file",
                    home.resolve("conf/admin.token").toString());
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.output())
                    .startsWith("pier reload: Nothing has changed: ")
                    .contains("log.levels");
            write("");
            assertThat(pier(admin, "reload").status()).isZero();
        }
        assertThat(pier(admin, "reload").output()).startsWith("pier reload: no Pier answers at ");
        assertThat(pier(admin, "log-level", "root").status()).isEqualTo(1);
    }

    @Test
    void theSignalRunsTheAction() throws Exception {
        CountDownLatch signalled = new CountDownLatch(1);
        Hangup.handle(signalled::countDown);
        Process kill = new ProcessBuilder(
                        "kill", "-HUP", String.valueOf(ProcessHandle.current().pid()))
                .start();
        assertThat(kill.waitFor()).isZero();
        assertThat(signalled.await(30, TimeUnit.SECONDS)).isTrue();
    }
}
