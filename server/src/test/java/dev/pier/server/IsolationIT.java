package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.sharedapi.Greeter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolationIT {
    @TempDir
    Path home;

    @Test
    void serverClassesAndResourcesAreHidden() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            probe().jar(server.webapps().resolve("app.jar"));
            server.start();

            for (String name : new String[] {
                "dev.pier.server.ApplicationServer",
                "dev.pier.server.config.Section",
                "tools.jackson.databind.ObjectMapper",
                "com.fasterxml.jackson.annotation.JsonProperty",
                "org.slf4j.Logger",
                "ch.qos.logback.classic.Logger",
                "com.typesafe.config.Config",
                "picocli.CommandLine",
                "io.micrometer.core.instrument.MeterRegistry",
                "org.eclipse.jetty.server.Server",
                "org.eclipse.jetty.ee11.webapp.WebAppContext",
                "org.objectweb.asm.ClassReader",
                "jakarta.enterprise.inject.spi.CDI",
                "jakarta.transaction.Transaction",
                "org.junit.jupiter.api.Test"
            }) {
                assertThat(server.get("/app/class?name=" + name).body())
                        .as(name)
                        .isEqualTo("hidden");
            }
            for (String name : new String[] {
                "META-INF/services/org.slf4j.spi.SLF4JServiceProvider",
                "META-INF/services/jakarta.servlet.ServletContainerInitializer",
                "META-INF/services/dev.pier.server.plugin.ServerPlugin",
                "logback-test.xml",
                "dev/pier/server/version.properties",
                "org/slf4j/Logger.class"
            }) {
                assertThat(server.get("/app/resource?name=" + name).body())
                        .as(name)
                        .isEqualTo("hidden");
            }
        }
    }

    @Test
    void jdkAndServletInterfacesAreVisible() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            probe().jar(server.webapps().resolve("app.jar"));
            server.start();

            for (String name : new String[] {
                "java.sql.Connection",
                "java.net.http.HttpClient",
                "javax.naming.InitialContext",
                "org.w3c.dom.Document",
                "jakarta.servlet.http.HttpServlet",
                "jakarta.annotation.Resource",
                "jakarta.inject.Inject"
            }) {
                assertThat(server.get("/app/class?name=" + name).body())
                        .as(name)
                        .isEqualTo("visible");
            }
        }
    }

    @Test
    void applicationCanBundleAnotherVersionOfAServerLibrary() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Path library = new Archive()
                    .source(
                            "tools.jackson.core.Version",
                            "package tools.jackson.core;"
                                    + " public class Version { public static String text() { return \"its own\"; } }")
                    .jar(home.resolve("own-jackson.jar"));
            new Archive()
                    .library(library)
                    .servlet("app.Own", "/own", """
                            try {
                                Class<?> own = Class.forName("tools.jackson.core.Version");
                                response.getWriter().print(own.getMethod("text").invoke(null));
                            } catch (ReflectiveOperationException e) {
                                throw new ServletException(e);
                            }
                            """)
                    .war(server.webapps().resolve("app.war"));
            server.start();

            assertThat(server.get("/app/own").body()).isEqualTo("its own");
        }
    }

    @Test
    void sharedClassIsTheServersDespiteACopyInTheApplication() throws Exception {
        TestPlugin plugin = new TestPlugin(context -> {
            context.share("dev.pier.server.sharedapi", false);
            context.bind("greeter", Greeter.class, () -> "from the plugin");
        });
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .source(
                            "dev.pier.server.sharedapi.Greeter",
                            "package dev.pier.server.sharedapi; public interface Greeter { String greet(); }")
                    .servlet(
                            "app.Greet",
                            "/greet",
                            "@Inject private dev.pier.server.sharedapi.Greeter greeter;",
                            "response.getWriter().print(greeter.greet());")
                    .war(server.webapps().resolve("app.war"));
            server.start();

            assertThat(server.get("/app/greet").body()).isEqualTo("from the plugin");
        }
    }

    @Test
    void sharingAPackageDoesNotShareItsSubpackages() throws Exception {
        TestPlugin plugin = new TestPlugin(context -> context.share("dev.pier.server", false));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            probe().jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(server.get("/app/class?name=dev.pier.server.ApplicationServer")
                            .body())
                    .isEqualTo("visible");
            assertThat(server.get("/app/class?name=dev.pier.server.config.Section")
                            .body())
                    .isEqualTo("hidden");
        }
    }

    @Test
    void classesOfOtherApplicationsAreHidden() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            probe().jar(server.webapps().resolve("app.jar"));
            Archive.greeting("x")
                    .source("other.Secret", "package other; public class Secret {}")
                    .jar(server.webapps().resolve("other.jar"));
            server.start();

            assertThat(server.get("/app/class?name=other.Secret").body()).isEqualTo("hidden");
        }
    }

    private static Archive probe() {
        return new Archive().servlet("app.ClassProbe", "/class", """
                        try {
                            Class.forName(request.getParameter("name"));
                            response.getWriter().print("visible");
                        } catch (ClassNotFoundException e) {
                            response.getWriter().print("hidden");
                        }
                        """).servlet("app.ResourceProbe", "/resource", """
                        ClassLoader loader = getClass().getClassLoader();
                        String name = request.getParameter("name");
                        boolean visible = loader.getResource(name) != null || loader.getResources(name).hasMoreElements();
                        response.getWriter().print(visible ? "visible" : "hidden");
                        """);
    }
}
