package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Applications that bring an implementation of CDI. The one here does what Weld does: if an attribute of the context
/// says that the container supports it, it leaves a decorator in another attribute.
class CdiIT {
    @TempDir
    Path home;

    @Test
    void implementationOfTheApplicationFillsTheFieldsOfServlets() throws Exception {
        TestPlugin plugin =
                new TestPlugin(context -> context.bind("text", StringBuilder.class, new StringBuilder("ours")));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .source(
                            "jakarta.enterprise.inject.spi.CDI",
                            "package jakarta.enterprise.inject.spi; public class CDI {}")
                    .source("app.Greeter", """
                            package app;
                            public class Greeter { public String greet() { return "from a bean"; } }
                            """)
                    .source("app.Decorator", """
                            package app;
                            public class Decorator {
                                public <T> T decorate(T object) {
                                    if (object instanceof Hello hello) { hello.greeter = new Greeter(); }
                                    return object;
                                }
                                public void destroy(Object object) {}
                            }
                            """)
                    .source("app.Cdi", """
                            package app;
                            import jakarta.servlet.*;
                            public class Cdi implements ServletContainerInitializer {
                                @Override
                                public void onStartup(java.util.Set<Class<?>> types, ServletContext context) {
                                    if ("CdiDecoratingListener".equals(context.getAttribute("org.eclipse.jetty.cdi"))) {
                                        context.setAttribute("org.eclipse.jetty.cdi.decorator", new Decorator());
                                    }
                                }
                            }
                            """)
                    .servlet(
                            "app.Hello",
                            "/hello",
                            "@Inject Greeter greeter; @Resource(name = \"text\") private StringBuilder ours;",
                            "response.getWriter().print(greeter.greet() + \", \" + ours);")
                    .entry("WEB-INF/classes/META-INF/services/jakarta.servlet.ServletContainerInitializer", "app.Cdi")
                    .war(server.webapps().resolve("app.war"));
            server.start();

            assertThat(server.get("/app/hello").body()).isEqualTo("from a bean, ours");
        }
    }
}
