package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Wars with web frameworks: each answers with an object that its framework provides, is replaced under load without a
/// failed request, and leaves no class loader behind. `docs/frameworks.md` lists them.
class FrameworksIT {
    private static final int CLIENTS = 2;
    private static final int REDEPLOYMENTS = 5;

    @TempDir
    Path home;

    @Test
    void springMvc() throws Exception {
        replace("/app/hello", FrameworksIT::springMvc);
    }

    @Test
    void springBoot() throws Exception {
        replace("/app/hello", FrameworksIT::springBoot);
    }

    @Test
    void weld() throws Exception {
        replace("/app/hello", FrameworksIT::weld);
    }

    @Test
    void jersey() throws Exception {
        replace("/app/api/hello", FrameworksIT::jersey);
    }

    @Test
    void logback() throws Exception {
        Path log = home.resolve("application.log");
        replace("/app/hello", version -> logback(version, log));
        assertThat(log).content().contains("INFO app.Hello: Greeted by v0", "INFO app.Hello: Greeted by v5");
    }

    /// The dispatcher servlet is added by an initializer, the bean is in a parent context, and Jackson writes the
    /// answer.
    private static Archive springMvc(String version) {
        return war("spring", version)
                .source("app.Start", """
                        package app;
                        import org.springframework.web.servlet.support.*;
                        public class Start extends AbstractAnnotationConfigDispatcherServletInitializer {
                            @Override
                            protected Class<?>[] getRootConfigClasses() { return new Class<?>[] {Root.class}; }
                            @Override
                            protected Class<?>[] getServletConfigClasses() { return new Class<?>[] {Web.class}; }
                            @Override
                            protected String[] getServletMappings() { return new String[] {"/"}; }
                        }
                        """)
                .source("app.Root", """
                        package app;
                        import org.springframework.context.annotation.*;
                        @Configuration
                        public class Root {
                            @Bean
                            public Greeter greeter() { return new Greeter(); }
                        }
                        """)
                .source("app.Web", """
                        package app;
                        import org.springframework.context.annotation.*;
                        import org.springframework.web.servlet.config.annotation.*;
                        @Configuration
                        @EnableWebMvc
                        @ComponentScan
                        public class Web {}
                        """)
                .source("app.Hello", """
                        package app;
                        import jakarta.inject.*;
                        import org.springframework.web.bind.annotation.*;
                        @RestController
                        public class Hello {
                            public record Greeting(String text) {}
                            @Inject private Greeter greeter;
                            @GetMapping("/hello")
                            public Greeting hello() { return new Greeting(greeter.greet()); }
                        }
                        """);
    }

    /// A Boot application as a war: its auto-configuration adds the dispatcher servlet, and reads application.yml.
    private static Archive springBoot(String version) {
        return war("spring-boot", version)
                .source("app.Start", """
                        package app;
                        import org.springframework.boot.autoconfigure.*;
                        import org.springframework.boot.builder.*;
                        import org.springframework.boot.web.servlet.support.*;
                        import org.springframework.context.annotation.*;
                        @SpringBootApplication
                        public class Start extends SpringBootServletInitializer {
                            @Override
                            protected SpringApplicationBuilder configure(SpringApplicationBuilder builder) {
                                return builder.sources(Start.class);
                            }
                            @Bean
                            public Greeter greeter() { return new Greeter(); }
                        }
                        """)
                .source("app.Hello", """
                        package app;
                        import org.springframework.beans.factory.annotation.*;
                        import org.springframework.web.bind.annotation.*;
                        @RestController
                        public class Hello {
                            public record Greeting(String text) {}
                            @Autowired private Greeter greeter;
                            @GetMapping("${hello.path}")
                            public Greeting hello() { return new Greeting(greeter.greet()); }
                        }
                        """)
                .entry("WEB-INF/classes/application.yml", """
                        hello.path: /hello
                        logging.level.root: warn
                        spring.main.banner-mode: off
                        """);
    }

    private static Archive weld(String version) {
        return war("weld", version)
                .source("app.Greeting", """
                        package app;
                        import jakarta.enterprise.context.*;
                        import jakarta.inject.*;
                        @RequestScoped
                        public class Greeting {
                            @Inject private Greeter greeter;
                            public String json() { return "{\\"text\\":\\"" + greeter.greet() + "\\"}"; }
                        }
                        """)
                .servlet(
                        "app.Hello",
                        "/hello",
                        "@Inject private Greeting greeting;",
                        "response.getWriter().print(greeting.json());")
                .entry("WEB-INF/beans.xml", """
                        <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.1" bean-discovery-mode="all"/>
                        """);
    }

    private static Archive jersey(String version) {
        return war("jersey", version).source("app.Api", """
                        package app;
                        import jakarta.ws.rs.*;
                        import org.glassfish.jersey.inject.hk2.*;
                        import org.glassfish.jersey.server.*;
                        @ApplicationPath("/api")
                        public class Api extends ResourceConfig {
                            public Api() {
                                packages("app");
                                register(new AbstractBinder() {
                                    @Override
                                    protected void configure() { bind(Greeter.class).to(Greeter.class); }
                                });
                            }
                        }
                        """).source("app.Hello", """
                        package app;
                        import jakarta.inject.*;
                        import jakarta.ws.rs.*;
                        @Path("hello")
                        public class Hello {
                            @Inject private Greeter greeter;
                            @GET
                            @Produces("application/json")
                            public String hello() { return "{\\"text\\":\\"" + greeter.greet() + "\\"}"; }
                        }
                        """);
    }

    /// The application's Logback has a thread of its own, which writes the file.
    private static Archive logback(String version, Path log) {
        return war("logback", version)
                .servlet(
                        "app.Hello",
                        "/hello",
                        "private static final org.slf4j.Logger log = org.slf4j.LoggerFactory.getLogger(Hello.class);",
                        """
                        String text = new Greeter().greet();
                        log.info("Greeted by {}", text);
                        response.getWriter().print("{\\"text\\":\\"" + text + "\\"}");
                        """)
                .entry("WEB-INF/classes/logback.xml", """
                        <configuration>
                          <appender name="FILE" class="ch.qos.logback.core.FileAppender">
                            <file>%s</file>
                            <encoder>
                              <pattern>%%level %%logger: %%msg%%n</pattern>
                            </encoder>
                          </appender>
                          <appender name="THREAD" class="ch.qos.logback.classic.AsyncAppender">
                            <appender-ref ref="FILE"/>
                          </appender>
                          <root level="INFO">
                            <appender-ref ref="THREAD"/>
                          </root>
                        </configuration>
                        """.formatted(log));
    }

    /// A war with the jars of one framework, a class `Greeter` for the version, and a listener that reports the class
    /// loader.
    private static Archive war(String framework, String version) {
        Archive war = new Archive()
                .source(
                        "app.Greeter",
                        "package app; public class Greeter { public String greet() { return \"" + version + "\"; } }")
                .source("app.Loader", """
                        package app;
                        import jakarta.servlet.*;
                        import java.util.function.*;
                        @jakarta.servlet.annotation.WebListener
                        public class Loader implements ServletContextListener {
                            @Override
                            @SuppressWarnings("unchecked")
                            public void contextInitialized(ServletContextEvent event) {
                                ((Consumer<ClassLoader>) event.getServletContext().getAttribute("probe"))
                                        .accept(getClass().getClassLoader());
                            }
                        }
                        """);
        try (Stream<Path> jars = Files.list(Path.of("target", framework))) {
            jars.sorted().forEach(war::library);
        } catch (IOException e) {
            throw new AssertionError("the build copies the jars to target/" + framework, e);
        }
        return war;
    }

    /// Deploys a war, replaces it under load, and waits until the class loaders of the old versions are collected.
    ///
    /// @param war the war for the text of a version
    private void replace(String page, Function<String, Archive> war) throws Exception {
        List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();
        Consumer<ClassLoader> probe = loader -> loaders.add(new WeakReference<>(loader));
        TestPlugin plugin = new TestPlugin(context -> context.bind("probe", Consumer.class, probe));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Path file = server.webapps().resolve("app.war");
            war.apply("v0").war(file);
            server.start();
            server.awaitBody(page, json("v0"));
            try (Load load = new Load(CLIENTS, server.at(page), "\\{\"text\":\"v\\d\"}")) {
                for (int i = 1; i <= REDEPLOYMENTS; i++) {
                    war.apply("v" + i).war(file);
                    server.awaitBody(page, json("v" + i));
                    load.awaitMore(CLIENTS);
                }
                assertThat(load.failures()).isEmpty();
            }

            assertThat(loaders).hasSize(REDEPLOYMENTS + 1);
            TestServer.await("only the current version is in memory", () -> {
                System.gc();
                return loaders.stream().filter(it -> it.get() != null).count() == 1;
            });
        }
    }

    private static String json(String text) {
        return "{\"text\":\"" + text + "\"}";
    }
}
