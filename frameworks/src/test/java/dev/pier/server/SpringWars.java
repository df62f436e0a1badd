package dev.pier.server;

/// Wars with Spring MVC, and with Spring Boot.
final class SpringWars {
    private static final String CONTROLLER = """
            package app;
            import dev.pier.erlang.*;
            import jakarta.annotation.*;
            import jakarta.inject.*;
            import jakarta.servlet.http.*;
            import org.springframework.http.*;
            import org.springframework.web.bind.annotation.*;
            import org.springframework.web.multipart.*;
            @RestController
            public class Hello {
                public record Greeting(String text) {}
                @Inject private Greeter greeter;
                @Resource(name = "erlang/backend") private Peer backend;
                @GetMapping("/hello")
                public Greeting hello() { return new Greeting(greeter.greet()); }
                @GetMapping(path = "/page", produces = MediaType.TEXT_HTML_VALUE)
                public String page() { return "<h1>" + greeter.greet() + "</h1>"; }
                @PostMapping("/upload")
                public String upload(@RequestParam("file") MultipartFile file) {
                    return file.getOriginalFilename() + " " + file.getSize();
                }
                @GetMapping("/visits")
                public String visits(HttpSession session) {
                    Integer before = (Integer) session.getAttribute("visits");
                    int visits = before == null ? 1 : before + 1;
                    session.setAttribute("visits", visits);
                    return "" + visits;
                }
                @GetMapping("/peer")
                public String peer(@RequestParam("name") String name) {
                    return backend.call("users", "find", name).as(String.class);
                }
            }
            """;

    private static final String PEER = """
            @Bean(name = "erlang/backend", destroyMethod = "")
            public dev.pier.erlang.Peer backend(jakarta.servlet.ServletContext context) {
                return (dev.pier.erlang.Peer) context.getAttribute("erlang/backend");
            }
            """;

    private SpringWars() {}

    /// The dispatcher servlet is added by an initializer, the bean is in a parent context, and Jackson writes the
    /// answer.
    static Archive mvc(String version) {
        return Wars.war("spring", version)
                .source("app.Start", """
                        package app;
                        import jakarta.servlet.*;
                        import org.springframework.web.servlet.support.*;
                        public class Start extends AbstractAnnotationConfigDispatcherServletInitializer {
                            @Override
                            protected Class<?>[] getRootConfigClasses() { return new Class<?>[] {Root.class}; }
                            @Override
                            protected Class<?>[] getServletConfigClasses() { return new Class<?>[] {Web.class}; }
                            @Override
                            protected String[] getServletMappings() { return new String[] {"/"}; }
                            @Override
                            protected void customizeRegistration(ServletRegistration.Dynamic registration) {
                                registration.setMultipartConfig(new MultipartConfigElement(""));
                            }
                        }
                        """)
                .source("app.Root", """
                        package app;
                        import org.springframework.context.annotation.*;
                        @Configuration
                        public class Root {
                            @Bean
                            public Greeter greeter() { return new Greeter(); }
                            %s
                        }
                        """.formatted(PEER))
                .source("app.Web", """
                        package app;
                        import org.springframework.context.annotation.*;
                        import org.springframework.web.multipart.*;
                        import org.springframework.web.multipart.support.*;
                        import org.springframework.web.servlet.config.annotation.*;
                        @Configuration
                        @EnableWebMvc
                        @ComponentScan
                        public class Web {
                            @Bean
                            public MultipartResolver multipartResolver() {
                                return new StandardServletMultipartResolver();
                            }
                        }
                        """)
                .source("app.Hello", CONTROLLER);
    }

    /// A Boot application as a war: its auto-configuration adds the dispatcher servlet, and reads application.yml.
    static Archive boot(String version) {
        return Wars.war("spring-boot", version)
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
                            %s
                        }
                        """.formatted(PEER))
                .source("app.Hello", CONTROLLER.replace("\"/hello\"", "\"${hello.path}\""))
                .entry("WEB-INF/classes/application.yml", """
                        hello.path: /hello
                        logging.level.root: warn
                        spring.main.banner-mode: off
                        """);
    }
}
