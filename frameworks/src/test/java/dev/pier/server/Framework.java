package dev.pier.server;

import java.util.List;
import java.util.stream.Stream;

/// A framework that is tested, as a row of the table in `docs/frameworks.md`.
enum Framework {
    SPRING_MVC(
            "Spring MVC",
            "spring/spring-webmvc",
            "",
            "a dispatcher servlet added by `AbstractAnnotationConfigDispatcherServletInitializer`, a root context,"
                    + " component scan, `@Inject` in a `@RestController`, a record as JSON, a `MultipartFile`",
            "a `@Bean` from the `ServletContext`, injected by `@Resource`",
            "Jackson 3; the libraries that Maven adds to `spring-webmvc`, among them `jspecify`"),
    SPRING_BOOT(
            "Spring Boot",
            "spring-boot/spring-boot",
            "",
            "a `@SpringBootApplication` on a `SpringBootServletInitializer`, `application.yml`, injection into a"
                    + " `@RestController`, a record as JSON, a `MultipartFile`, Boot's own Logback",
            "the same",
            "`spring-boot-starter-webmvc` without `spring-boot-starter-tomcat`; the packaging `war`"),
    WELD(
            "Weld (CDI)",
            "weld/weld-servlet-core",
            "",
            "`@Inject` of a `@RequestScoped` and a `@SessionScoped` bean into a servlet, and of a bean into a bean",
            "a `@Produces` method with a `ServletContext`, injected by `@Inject`",
            "`weld-servlet-core`, and a `beans.xml` in `WEB-INF`"),
    JERSEY(
            "Jersey (REST)",
            "jersey/jersey-server",
            "/api",
            "`@ApplicationPath` on a `ResourceConfig` without a descriptor, package scan, `@Inject` in a resource,"
                    + " `@FormDataParam`",
            "`bind(…).to(Peer.class)` in an `AbstractBinder`, injected by `@Inject`",
            "`jersey-container-servlet` and `jersey-hk2`; `jersey-media-multipart` for uploads"),
    JAVALIN(
            "Javalin",
            "javalin/javalin",
            "",
            "`Javalin.create(…).javalinServlet()` in a servlet at `/*`, routes, JSON by Gson, `uploadedFile`,"
                    + " `sessionAttribute`",
            "`@Resource` in that servlet, then `config.appData`",
            "`javalin` and `kotlin-stdlib`, without Javalin's Jetty; `config.startup.startupWatcherEnabled = false`"),
    WICKET(
            "Wicket",
            "wicket/wicket-core",
            "",
            "a `WicketFilter` with `@WebFilter`, a page with its markup, mounted resources, a `WebSession`, a"
                    + " `MultipartServletWebRequest`",
            "`getServletContext()` in `WebApplication.init`, then the application",
            "the libraries that Maven adds to `wicket-core`"),
    JSP(
            "JSP with JSTL",
            "jsp/jetty-ee11-apache-jsp",
            "",
            "JSPs, compiled at their first request, with JSTL's tags, the expression language, `jsp-file` and"
                    + " `multipart-config` in `web.xml`",
            "`${applicationScope[\"erlang/backend\"].call(\"users\", \"find\", param.name)}`",
            "`jetty-ee11-apache-jsp` with what Maven adds to it, and `jakarta.servlet.jsp.jstl` of"
                    + " `org.glassfish.web` with its API");

    private final String title;
    private final String jar;
    private final String path;
    private final String works;
    private final String peer;
    private final String needs;

    /// @param jar the folder below `target` and the artifact whose version counts
    /// @param path the beginning of the paths of the application
    /// @param peer how the application gets a peer
    Framework(String title, String jar, String path, String works, String peer, String needs) {
        this.title = title;
        this.jar = jar;
        this.path = path;
        this.works = works;
        this.peer = peer;
        this.needs = needs;
    }

    /// The war for the text of a version.
    Archive war(String version) {
        return switch (this) {
            case SPRING_MVC -> SpringWars.mvc(version);
            case SPRING_BOOT -> SpringWars.boot(version);
            case WELD -> JakartaWars.weld(version);
            case JERSEY -> JakartaWars.jersey(version);
            case JAVALIN -> PageWars.javalin(version);
            case WICKET -> PageWars.wicket(version);
            case JSP -> PageWars.jsp(version);
        };
    }

    /// The path of a page on the server.
    String at(String page) {
        return "/app" + path + page;
    }

    /// The table of the documentation.
    static List<String> table() {
        Stream<String> head = Stream.of(
                "| framework | version tested | what works | a `Peer` by | what the war has for it |",
                "|---|---|---|---|---|");
        Stream<String> rows = Stream.of(values()).map(it -> row(it.title, it.jar, it.works, it.peer, it.needs));
        String logback = row(
                "Logback",
                "logback/logback-classic",
                "the application's own `logback.xml`, with a log file and an `AsyncAppender`",
                "–",
                "`logback-classic`, and `logback.xml` in `WEB-INF/classes`");
        return Stream.of(head, rows, Stream.of(logback)).flatMap(it -> it).toList();
    }

    private static String row(String title, String jar, String works, String peer, String needs) {
        String[] parts = jar.split("/", 2);
        return "| " + String.join(" | ", title, Wars.version(parts[0], parts[1]), works, peer, needs) + " |";
    }
}
