package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.sharedapi.Greeter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InjectionIT {
    private static final String GREETER = "dev.pier.server.sharedapi.Greeter";

    @TempDir
    Path home;

    @Test
    void objectIsAvailableInEveryForm() throws Exception {
        try (TestServer server = TestServer.in(home, "", binding("test/one"))) {
            new Archive()
                    .source("app.Base", """
                            package app;
                            public abstract class Base extends jakarta.servlet.http.HttpServlet {
                                @jakarta.inject.Inject private %1$s inherited;
                                String inherited() { return inherited.greet(); }
                            }
                            """.formatted(GREETER))
                    .source("app.All", """
                            package app;
                            import jakarta.servlet.http.*;
                            @jakarta.servlet.annotation.WebServlet("/all")
                            public class All extends Base {
                                @jakarta.annotation.Resource(name = "test/one") private %1$s resource;
                                private String atStart = "not called";
                                @jakarta.annotation.PostConstruct void started() {
                                    atStart = resource.greet() + inherited();
                                }
                                @Override
                                protected void doGet(HttpServletRequest request, HttpServletResponse response)
                                        throws java.io.IOException {
                                    try {
                                        %1$s attribute = (%1$s) getServletContext().getAttribute("test/one");
                                        %1$s looked = (%1$s)
                                                new javax.naming.InitialContext().lookup("java:comp/env/test/one");
                                        response.getWriter().print(attribute.greet() + looked.greet()
                                                + resource.greet() + inherited() + atStart);
                                    } catch (javax.naming.NamingException e) {
                                        throw new java.io.IOException(e);
                                    }
                                }
                            }
                            """.formatted(GREETER))
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(server.get("/app/all").body()).isEqualTo("test/one".repeat(6));
        }
    }

    @Test
    void filtersAndListenersAreInjected() throws Exception {
        try (TestServer server = TestServer.in(home, "", binding("test/one"))) {
            Archive.greeting("body")
                    .source("app.Header", """
                            package app;
                            import jakarta.servlet.*;
                            @jakarta.servlet.annotation.WebFilter("/*")
                            public class Header implements Filter {
                                @jakarta.inject.Inject private %s greeter;
                                @Override
                                public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                                        throws java.io.IOException, ServletException {
                                    ((jakarta.servlet.http.HttpServletResponse) response)
                                            .setHeader("X-Filter", greeter.greet());
                                    ((jakarta.servlet.http.HttpServletResponse) response).setHeader(
                                            "X-Listener", "" + request.getServletContext().getAttribute("heard"));
                                    chain.doFilter(request, response);
                                }
                            }
                            """.formatted(GREETER))
                    .source("app.Listener", """
                            package app;
                            @jakarta.servlet.annotation.WebListener
                            public class Listener implements jakarta.servlet.ServletContextListener {
                                @jakarta.annotation.Resource(name = "test/one") private %s greeter;
                                @Override
                                public void contextInitialized(jakarta.servlet.ServletContextEvent event) {
                                    event.getServletContext().setAttribute("heard", greeter.greet());
                                }
                            }
                            """.formatted(GREETER))
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            var headers = server.get("/app/hello").headers();
            assertThat(headers.firstValue("X-Filter")).contains("test/one");
            assertThat(headers.firstValue("X-Listener")).contains("test/one");
        }
    }

    @Test
    void namedSelectsAmongObjectsOfOneType() throws Exception {
        try (TestServer server = TestServer.in(home, "", binding("test/one", "test/two"))) {
            new Archive()
                    .servlet(
                            "app.Two",
                            "/two",
                            "@Inject @Named(\"test/two\") private " + GREETER + " greeter;",
                            "response.getWriter().print(greeter.greet());")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(server.get("/app/two").body()).isEqualTo("test/two");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            @Resource(name = "test/oen") private GREETER g;           | no @Resource(name = "test/oen") for app.Bad.g; available: meters, test/one, test/two
            @Resource(name = "test/one") private Runnable g;          | app.Bad.g has the type java.lang.Runnable
            @Inject private GREETER g;                                | several objects to @Inject into app.Bad.g; choose one with @Named: test/one, test/two
            @Inject @Named("test/three") private GREETER g;           | no @Named("test/three") to @Inject into app.Bad.g; available: test/one, test/two
            @Inject private Runnable g;                               | no object of type java.lang.Runnable to @Inject into app.Bad.g
            @Inject @Named("test/one") private static GREETER g;      | cannot @Inject into app.Bad.g: the field is static or final
            """)
    void missingInjectionFailsTheDeployment(String field, String message) throws Exception {
        try (TestServer server = TestServer.in(home, "", binding("test/one", "test/two"))) {
            new Archive()
                    .servlet("app.Bad", "/bad", field.replace("GREETER", GREETER), "response.setStatus(204);")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(server.await("app.jar", FAILED).reason()).contains(message);
        }
    }

    @Test
    void ownJndiEntriesOfAnApplicationAreAccepted() throws Exception {
        try (TestServer server = TestServer.in(home, "", binding("test/one"))) {
            new Archive()
                    .entry("WEB-INF/web.xml", """
                            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                              <env-entry>
                                <env-entry-name>limit</env-entry-name>
                                <env-entry-type>java.lang.Integer</env-entry-type>
                                <env-entry-value>42</env-entry-value>
                              </env-entry>
                            </web-app>
                            """)
                    .servlet(
                            "app.Own",
                            "/own",
                            "@Resource(name = \"limit\") private Integer limit;",
                            "response.getWriter().print(limit);")
                    .war(server.webapps().resolve("app.war"));
            server.start();

            assertThat(server.get("/app/own").body()).isEqualTo("42");
        }
    }

    @Test
    void eachApplicationGetsItsOwnObjectThatIsClosedWithIt() throws Exception {
        List<String> closed = new CopyOnWriteArrayList<>();
        TestPlugin plugin = new TestPlugin(context -> {
            context.share("dev.pier.server.sharedapi", false);
            context.bindPerApplication("who", Greeter.class, path -> new OwnGreeter(path, closed));
        });
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Archive archive = greetingBy("@Inject");
            archive.jar(server.webapps().resolve("a.jar"));
            archive.jar(server.webapps().resolve("b.jar"));
            server.start();

            assertThat(server.get("/a/who").body()).isEqualTo("/a");
            assertThat(server.get("/b/who").body()).isEqualTo("/b");
            Files.delete(server.webapps().resolve("a.jar"));
            TestServer.await("the object of /a is closed", () -> closed.equals(List.of("/a")));
        }
        assertThat(closed).containsExactly("/a", "/b");
    }

    @Test
    void failingFactoryFailsOnlyItsApplication() throws Exception {
        TestPlugin plugin = new TestPlugin(context -> context.bindPerApplication("who", Runnable.class, path -> {
            if (path.equals("/a")) {
                throw new IllegalStateException("not for /a");
            }
            return () -> {};
        }));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Archive.greeting("a").jar(server.webapps().resolve("a.jar"));
            Archive.greeting("b").jar(server.webapps().resolve("b.jar"));
            server.start();

            assertThat(server.await("a.jar", FAILED).reason()).contains("not for /a");
            assertThat(server.get("/b/hello").body()).isEqualTo("b");
        }
    }

    private record OwnGreeter(String greet, List<String> closed) implements Greeter, AutoCloseable {
        @Override
        public void close() {
            closed.add(greet);
        }
    }

    @Test
    void serversInOneJvmBindTheirOwnObjectsUnderTheSameName() throws Exception {
        try (TestServer first = TestServer.in(home.resolve("1"), "", greeting("first"));
                TestServer second = TestServer.in(home.resolve("2"), "", greeting("second"))) {
            Archive archive = greetingBy("@Resource(name = \"who\")");
            archive.jar(first.webapps().resolve("app.jar"));
            archive.jar(second.webapps().resolve("app.jar"));
            first.start();
            second.start();

            assertThat(first.get("/app/who").body()).isEqualTo("first");
            assertThat(second.get("/app/who").body()).isEqualTo("second");
            first.server().stop();
            assertThat(second.get("/app/who").body()).isEqualTo("second");
        }
    }

    /// An application with a servlet, at `/who`, that returns the text of its annotated `Greeter` field.
    private static Archive greetingBy(String annotation) {
        return new Archive()
                .servlet(
                        "app.Who",
                        "/who",
                        annotation + " private " + GREETER + " greeter;",
                        "response.getWriter().print(greeter.greet());");
    }

    private static TestPlugin greeting(String text) {
        return new TestPlugin(context -> {
            context.share("dev.pier.server.sharedapi", false);
            context.bind("who", Greeter.class, () -> text);
        });
    }

    private static TestPlugin binding(String... names) {
        return new TestPlugin(context -> {
            context.share("dev.pier.server.sharedapi", false);
            for (String name : names) {
                context.bind(name, Greeter.class, () -> name);
            }
        });
    }

    @Test
    void fieldsOfAnApplicationWithItsOwnContainerAreItsOwnAffair() throws Exception {
        TestPlugin plugin = new TestPlugin(context -> {
            context.share("dev.pier.server.sharedapi", false);
            context.bind("greeter", Greeter.class, () -> "ours");
            context.bind("builder", StringBuilder.class, new StringBuilder("ours"));
        });
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .source(
                            "org.springframework.beans.factory.BeanFactory",
                            "package org.springframework.beans.factory; public interface BeanFactory {}")
                    .servlet("app.Both", "/both", """
                            @Inject private StringBuilder theirs;
                            @Inject private dev.pier.server.sharedapi.Greeter greeter;
                            @Override
                            public void init() {
                                theirs = theirs == null ? new StringBuilder("theirs") : theirs;
                            }
                            """, "response.getWriter().print(theirs + \" \" + greeter.greet());")
                    .war(server.webapps().resolve("app.war"));
            server.start();

            assertThat(server.get("/app/both").body()).isEqualTo("theirs ours");
        }
    }
}
