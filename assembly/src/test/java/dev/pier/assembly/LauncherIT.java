package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.Driver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What `bin/pier` sets up for the server.
class LauncherIT {
    private static final int OUT_OF_MEMORY = 3;
    private static final int CONFIGURATION_ERROR = 78;

    @TempDir
    Path home;

    @Test
    void aServerWithoutMemoryEndsWithAStatusOfItsOwn() throws Exception {
        Path conf = RunningPier.writeConf(home, "");
        Distribution.compileAndPack("Hungry", """
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                import java.util.*;
                @WebServlet("/eat")
                public class Hungry extends HttpServlet {
                    @Override
                    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
                        List<byte[]> eaten = new ArrayList<>();
                        while (true) {
                            eaten.add(new byte[1 << 20]);
                        }
                    }
                }
                """, home.resolve("webapps/hungry.jar"));
        try (PierProcess run = PierProcess.serving(home, conf)) {
            var _ = run.postAsync("/hungry/eat", "");
            assertThat(run.awaitEnd()).isEqualTo(OUT_OF_MEMORY);
            assertThat(run.output()).contains("Terminating due to java.lang.OutOfMemoryError");
        }
    }

    @Test
    void jarsOfTheOperatorAreForTheServerAndForApplications() throws Exception {
        Path conf = RunningPier.writeConf(home, "datasources.main.url = \"jdbc:postgresql://127.0.0.1:1/none\"\n");
        try (PierProcess check = PierProcess.start(home, "check", "--conf", conf.toString())) {
            assertThat(check.awaitEnd()).isEqualTo(CONFIGURATION_ERROR);
            assertThat(check.output())
                    .contains("server.conf:5: datasources.main.url: is accepted by no JDBC driver: put the driver's jar"
                            + " into lib/ext (drivers there: none)");
        }

        Path copy = Distribution.copyTo(home.resolve("pier"));
        Path driver = Path.of(
                Driver.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        Files.createSymbolicLink(Files.createDirectory(copy.resolve("lib/ext")).resolve("postgresql.jar"), driver);
        Distribution.compileAndPack("Sees", """
                import jakarta.annotation.Resource;
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                @WebServlet("/driver")
                public class Sees extends HttpServlet {
                    @Resource(name = "jdbc/main") private javax.sql.DataSource database;
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws java.io.IOException {
                        try {
                            Class.forName("org.postgresql.PGConnection");
                            response.getWriter().print(database);
                        } catch (ClassNotFoundException e) {
                            response.getWriter().print("hidden");
                        }
                    }
                }
                """, home.resolve("webapps/sees.jar"));
        try (PierProcess run = PierProcess.serving(copy.resolve("bin/pier"), home, conf)) {
            assertThat(run.get("/sees/driver").body()).isEqualTo("jdbc/main");
        }
    }

    @Test
    void logIsJsonIfAsked() throws Exception {
        Path conf = RunningPier.writeConf(home, "");
        Files.writeString(home.resolve("webapps/broken.war"), "no archive");
        try (PierProcess run = PierProcess.serving(home, conf, Map.of("PIER_LOG_FORMAT", "json"))) {
            Await.until("a line about the archive", () -> run.output().contains("Cannot deploy broken.war: "));
            String complete = run.output().substring(0, run.output().lastIndexOf('\n'));
            List<JsonNode> events =
                    complete.lines().map(new ObjectMapper()::readTree).toList();

            assertThat(events)
                    .as("each line is an event")
                    .allSatisfy(
                            event -> assertThat(event.get("level").isString()).isTrue());
            assertThat(events).anySatisfy(event -> {
                assertThat(event.get("level").asString()).isEqualTo("ERROR");
                assertThat(event.get("formattedMessage").asString()).startsWith("Cannot deploy broken.war: ");
            });
        }
    }

    @Test
    void javasOwnLoggersWriteToTheLog() throws Exception {
        Path conf = RunningPier.writeConf(home, "");
        Distribution.compileAndPack("Logs", """
                import jakarta.servlet.*;
                import jakarta.servlet.annotation.WebListener;
                @WebListener
                public class Logs implements ServletContextListener {
                    @Override
                    public void contextInitialized(ServletContextEvent event) {
                        java.util.logging.Logger.getLogger("app.jul").fine("hidden");
                        java.util.logging.Logger.getLogger("app.jul").info("by java.util.logging");
                        System.getLogger("app.system").log(System.Logger.Level.ERROR, "by System.Logger");
                    }
                }
                """, home.resolve("webapps/logs.jar"));
        try (PierProcess run = PierProcess.serving(home, conf)) {
            assertThat(run.output())
                    .containsPattern("T[0-9:.]+\\S* INFO +\\[[^]]+] app.jul: by java.util.logging")
                    .containsPattern("T[0-9:.]+\\S* ERROR +\\[[^]]+] app.system: by System.Logger")
                    .doesNotContain("hidden");
        }
    }

    @Test
    void anArchiveMayHaveAnyFileNamesWhateverTheLocaleIs() throws Exception {
        Path conf = RunningPier.writeConf(home, "");
        try (OutputStream out = Files.newOutputStream(home.resolve("webapps/a.war"));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("日本.txt"));
            zip.write('x');
        }
        try (PierProcess run = PierProcess.serving(home, conf, Map.of("LC_ALL", "C"))) {
            assertThat(run.get("/a/%E6%97%A5%E6%9C%AC.txt").body()).isEqualTo("x");
        }
    }
}
