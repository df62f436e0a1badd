package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.datasource.DataSourcePlugin;
import java.lang.ref.WeakReference;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Data sources in a server with a real PostgreSQL.
class DataSourceIT {
    private static final int POOL = 2;
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(1);

    /// The jar of the driver, which stands for one in `lib/ext`.
    private static final Path DRIVER = Path.of(org.postgresql.Driver.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath());

    private static PostgreSql database;

    @TempDir
    Path home;

    private LogLines log;

    @BeforeAll
    static void startDatabase() throws Exception {
        System.setProperty("pier.ext", DRIVER.toString());
        // The application's own driver has a thread, which ends so long after its last connection.
        System.setProperty("pgjdbc.config.cleanup.thread.ttl", "100");
        database = new PostgreSql();
        database.start();
        database.query("create table orders (id int); insert into orders values (1), (2), (3)");
    }

    @AfterAll
    static void stopDatabase() throws Exception {
        System.clearProperty("pier.ext");
        database.close();
    }

    @BeforeEach
    void captureLog() {
        log = LogLines.of("dev.pier", Level.DEBUG);
    }

    @AfterEach
    void thePasswordIsNotInTheLog() {
        log.close();
        assertThat(log.text()).doesNotContain(PostgreSql.PASSWORD);
    }

    private TestServer server(TestPlugin... plugins) throws Exception {
        writePassword(PostgreSql.PASSWORD);
        String settings = """
                datasources.main {
                  url = "%s"
                  user = shop
                  password-file = main.password
                  properties.ApplicationName = pier
                  required = true
                  pool { size = %d, connection-timeout = %d ms, check-interval = 100 ms }
                }
                """.formatted(database.url(), POOL, CONNECTION_TIMEOUT.toMillis());
        return plugins.length == 0
                ? TestServer.in(home, settings, new DataSourcePlugin())
                : TestServer.in(home, settings, new DataSourcePlugin(), plugins[0]);
    }

    private void writePassword(String password) throws Exception {
        Path file = Files.createDirectories(home.resolve("conf")).resolve("main.password");
        Files.writeString(file, password + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    /// An application with a servlet at `/hello` that has a `DataSource database` and a `Connection connection`.
    private static Archive querying(String statements) {
        return new Archive().servlet("app.Hello", "/hello", """
                @Resource(name = "jdbc/main") private javax.sql.DataSource database;
                """, """
                try (java.sql.Connection connection = database.getConnection()) {
                    %s
                } catch (java.sql.SQLException e) {
                    throw new ServletException(e);
                }
                """.formatted(statements));
    }

    private static JsonNode json(HttpResponse<String> response) {
        return new ObjectMapper().readTree(response.body());
    }

    private static void awaitReady(TestServer server, int status) throws Exception {
        TestServer.await(
                "/health/ready is " + status,
                () -> server.admin("/health/ready").statusCode() == status);
    }

    @Test
    void theServletOfTheDocumentationWorks() throws Exception {
        String code = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/datasources.md")))
                .results()
                .map((MatchResult block) -> block.group(1))
                .findFirst()
                .orElseThrow();
        try (TestServer server = server()) {
            new Archive().source("Orders", code).jar(server.webapps().resolve("shop.jar"));
            server.start();

            assertThat(server.get("/shop/orders").body().strip()).isEqualTo("3");
        }
    }

    @Test
    void allWaysLeadToTheDataSource() throws Exception {
        try (TestServer server = server()) {
            new Archive()
                    .entry("WEB-INF/web.xml", """
                            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                              <resource-ref>
                                <res-ref-name>jdbc/main</res-ref-name>
                                <res-type>javax.sql.DataSource</res-type>
                              </resource-ref>
                            </web-app>
                            """)
                    .servlet("app.Ways", "/ways", """
                            @Resource(name = "jdbc/main") private javax.sql.DataSource resource;
                            @Inject private javax.sql.DataSource injected;
                            """, """
                            try {
                                Object named = new javax.naming.InitialContext().lookup("java:comp/env/jdbc/main");
                                boolean same = resource == named && resource == injected;
                                try (java.sql.Connection connection = resource.getConnection()) {
                                    // The driver's classes are those of the server, which the application sees.
                                    int pid = connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
                                    boolean listed = getClass().getClassLoader()
                                            .getResource("META-INF/services/java.sql.Driver") != null;
                                    response.getWriter().print(same + " " + (pid > 0) + " " + listed);
                                }
                            } catch (javax.naming.NamingException | java.sql.SQLException e) {
                                throw new ServletException(e);
                            }
                            """)
                    .war(server.webapps().resolve("app.war"));
            querying("""
                    try {
                        Class.forName("com.zaxxer.hikari.HikariDataSource");
                    } catch (ClassNotFoundException e) {
                        response.getWriter().print("the pool's classes are hidden");
                    }
                    """).jar(server.webapps().resolve("other.jar"));
            new Archive()
                    .servlet(
                            "app.No",
                            "/no",
                            "@Resource(name = \"jdbc/other\") private javax.sql.DataSource other;",
                            "response.setStatus(204);")
                    .jar(server.webapps().resolve("no.jar"));
            server.start();

            assertThat(server.get("/app/ways").body()).isEqualTo("true true true");
            assertThat(server.get("/other/hello").body()).isEqualTo("the pool's classes are hidden");
            assertThat(server.await("no.jar", FAILED).reason())
                    .contains("no @Resource(name = \"jdbc/other\") for app.No.other; available: meters, jdbc/main");
        }
    }

    @Test
    void aDatabaseMayBeAwayAndComeBack() throws Exception {
        try (TestServer server = server()) {
            querying("response.getWriter().print(connection.isValid(1));")
                    .jar(server.webapps().resolve("app.jar"));
            database.stop();
            server.start();
            awaitReady(server, 503);
            assertServes503(server);

            database.start();
            awaitReady(server, 200);
            assertThat(server.get("/app/hello").body()).isEqualTo("true");
            assertThat(json(server.admin("/status"))
                            .at("/plugins/datasources/main/state")
                            .asString())
                    .isEqualTo("UP");

            database.stop();
            awaitReady(server, 503);
            assertServes503(server);
            JsonNode status = json(server.admin("/status")).at("/plugins/datasources/main");
            assertThat(status.at("/state").asString()).isEqualTo("DOWN");
            assertThat(status.at("/url").asString()).isEqualTo(database.url());
            assertThat(status.at("/lastProblem").asString()).contains("refused");

            database.start();
            awaitReady(server, 200);
            assertThat(server.get("/app/hello").body()).isEqualTo("true");
            assertThat(server.admin("/metrics").body())
                    .containsPattern("hikaricp_connections_max\\{pool=\"jdbc/main\"} " + POOL)
                    .containsPattern("hikaricp_connections_timeout_total\\{pool=\"jdbc/main\"} [1-9]");
        } finally {
            database.start();
        }
        assertThat(log.warnings())
                .filteredOn(line -> line.startsWith("Cannot connect to the database of jdbc/main: "))
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(line -> assertThat(line).contains("datasources.main.pool.connection-timeout"));
        assertThat(log.messages()).anyMatch(line -> line.startsWith("The database of jdbc/main answers again"));
    }

    private static void assertServes503(TestServer server) throws Exception {
        long begun = System.nanoTime();
        HttpResponse<String> response = server.get("/app/hello");
        Duration taken = Duration.ofNanos(System.nanoTime() - begun);

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).contains("5");
        assertThat(response.body()).contains("A database is not available now").doesNotContain("127.0.0.1");
        assertThat(taken).isLessThan(CONNECTION_TIMEOUT.multipliedBy(10));
    }

    @Test
    void aFullPoolIsNoDatabaseThatIsAway() throws Exception {
        try (TestServer server = server()) {
            querying("""
                    try (java.sql.Connection second = database.getConnection()) {
                        database.getConnection();
                    } catch (java.sql.SQLTransientConnectionException e) {
                        response.getWriter().print(e.getMessage());
                    }
                    """).jar(server.webapps().resolve("app.jar"));
            server.start();
            awaitReady(server, 200);

            assertThat(server.get("/app/hello").body())
                    .isEqualTo("no connection of jdbc/main within 1000 ms: all 2 are in use"
                            + " (datasources.main.pool.size) (datasources.main.pool.connection-timeout)");
            assertThat(server.admin("/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aRenewedPasswordNeedsNoRestart() throws Exception {
        try (TestServer server = server()) {
            querying("response.getWriter().print(connection.isValid(1));")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            awaitReady(server, 200);

            writePassword("wrong");
            TestServer.await("no connection has the old password", () -> {
                // Each time, because the pool may just be opening one.
                database.query(
                        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pier'");
                return server.admin("/health/ready").statusCode() == 503;
            });
            assertThat(server.admin("/health").body()).contains("password authentication failed");

            writePassword(PostgreSql.PASSWORD);
            awaitReady(server, 200);
            assertThat(server.get("/app/hello").body()).isEqualTo("true");
        }
    }

    @Test
    void redeploymentsLeaveNeitherClassLoadersNorConnections() throws Exception {
        Probe probe = new Probe();
        try (TestServer server = server(probe.plugin())) {
            Path app = server.webapps().resolve("app.jar");
            // It never returns a connection.
            String leak = "database.getConnection(); connection.close(); response.getWriter().print(\"%s\");";
            probe.in(querying(leak.formatted("v0"))).jar(app);
            server.start();
            server.awaitBody("/app/hello", "v0");
            for (int version = 1; version <= 2; version++) {
                probe.in(querying(leak.formatted("v" + version))).jar(app);
                server.awaitBody("/app/hello", "v" + version);
            }
            probe.awaitCollection(3);
            Files.delete(app);
            TestServer.await("all connections are back", () -> active(server) == 0);
            TestServer.await("the pool is filled", () -> database.connections("pier") == POOL);
            assertThat(log.warnings())
                    .filteredOn(line -> line.startsWith("/app has not returned 1 of the connections of jdbc/main"))
                    .hasSize(3);
        }
        assertThat(database.connections("pier")).isZero();
    }

    @Test
    void anApplicationMayHaveAPoolAndADriverOfItsOwn() throws Exception {
        Probe probe = new Probe();
        try (TestServer server = server(probe.plugin())) {
            Path app = server.webapps().resolve("own.war");
            own(probe, "v0").war(app);
            server.start();
            server.awaitBody("/own/hello", "v0 own");
            for (int version = 1; version <= 2; version++) {
                own(probe, "v" + version).war(app);
                server.awaitBody("/own/hello", "v" + version + " own");
            }

            probe.awaitCollection(3);
            assertThat(database.connections("own")).isOne();
        }
    }

    /// An application with the driver in `WEB-INF/lib`, whose class is not the server's, and a connection of it.
    private static Archive own(Probe probe, String text) {
        return probe.in(new Archive()
                .library(DRIVER)
                .servlet("app.Hello", "/hello", """
                        private java.sql.Connection connection;
                        @Override
                        public void init() throws ServletException {
                            try {
                                Class.forName("org.postgresql.Driver");
                                connection = java.sql.DriverManager.getConnection(
                                        "%s?ApplicationName=own", "shop", "%s");
                            } catch (ClassNotFoundException | java.sql.SQLException e) {
                                throw new ServletException(e);
                            }
                        }
                        @Override
                        public void destroy() {
                            try {
                                connection.close();
                            } catch (java.sql.SQLException e) {
                                throw new IllegalStateException(e);
                            }
                        }
                        """.formatted(database.url(), PostgreSql.PASSWORD), """
                        try {
                            Object own = connection.unwrap(org.postgresql.PGConnection.class);
                            response.getWriter().print("%s "
                                    + (own.getClass().getClassLoader() == getClass().getClassLoader() ? "own" : "server"));
                        } catch (java.sql.SQLException e) {
                            throw new ServletException(e);
                        }
                        """.formatted(
                                text)));
    }

    @Test
    void aServerWithoutItsDatabaseStopsInTime() throws Exception {
        TestServer server = server();
        database.stop();
        try {
            server.start();
            awaitReady(server, 503);
            long begun = System.nanoTime();
            server.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        } finally {
            database.start();
        }
    }

    /// The connections in use.
    private static int active(TestServer server) throws Exception {
        return json(server.admin("/status"))
                .at("/plugins/datasources/main/active")
                .asInt();
    }

    /// Gets the class loader of each version of an application.
    private static final class Probe {
        private final List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();

        TestPlugin plugin() {
            Consumer<ClassLoader> consumer = loader -> loaders.add(new WeakReference<>(loader));
            return new TestPlugin(context -> context.bind("probe", Consumer.class, consumer));
        }

        Archive in(Archive archive) {
            return archive.source("app.Start", """
                    package app;
                    @jakarta.servlet.annotation.WebListener
                    public class Start implements jakarta.servlet.ServletContextListener {
                        @jakarta.annotation.Resource(name = "probe") private java.util.function.Consumer probe;
                        @Override @SuppressWarnings("unchecked")
                        public void contextInitialized(jakarta.servlet.ServletContextEvent event) {
                            probe.accept(getClass().getClassLoader());
                        }
                    }
                    """);
        }

        void awaitCollection(int versions) throws Exception {
            assertThat(loaders).hasSize(versions);
            TestServer.await("only the current version is in memory", () -> {
                System.gc();
                return loaders.stream().filter(it -> it.get() != null).count() == 1;
            });
        }
    }
}
