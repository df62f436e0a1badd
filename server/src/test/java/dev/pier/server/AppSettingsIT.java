package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Applications with settings of their own: `webapps.apps`.
class AppSettingsIT {
    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
              <context-param><param-name>color</param-name><param-value>red</param-value></context-param>
              <context-param><param-name>size</param-name><param-value>small</param-value></context-param>
              <env-entry>
                <env-entry-name>mail/host</env-entry-name>
                <env-entry-type>java.lang.String</env-entry-type>
                <env-entry-value>localhost</env-entry-value>
              </env-entry>
            </web-app>
            """;

    @TempDir
    Path home;

    private TestServer start(String settings) throws Exception {
        TestServer server = TestServer.in(home, settings);
        for (String name : new String[] {"one.war", "two.war"}) {
            new Archive()
                    .entry("WEB-INF/web.xml", WEB_XML)
                    .entry("public.txt", "public")
                    .source("app.Early", """
                            package app;
                            @jakarta.servlet.annotation.WebListener
                            public class Early implements jakarta.servlet.ServletContextListener {
                                public static String color;
                                @Override public void contextInitialized(jakarta.servlet.ServletContextEvent event) {
                                    color = event.getServletContext().getInitParameter("color");
                                }
                            }
                            """)
                    .servlet(
                            "app.Settings",
                            "/settings",
                            "@jakarta.annotation.Resource(name = \"mail/host\") private String host;",
                            """
                            try {
                                response.getWriter().print(Early.color + ' ' + getServletContext().getInitParameter("size")
                                        + ' ' + getServletContext().getInitParameter("spring.profiles.active") + ' ' + host
                                        + ' ' + new javax.naming.InitialContext().lookup("java:comp/env/mail/host"));
                            } catch (javax.naming.NamingException e) {
                                throw new ServletException(e);
                            }
                            """)
                    .servlet(
                            "app.Raw",
                            "/raw/*",
                            "response.getWriter().print(request.getRequestURI() + ' ' + request.getPathInfo());")
                    .servlet(
                            "app.Size",
                            "/size",
                            "response.getWriter().print(request.getInputStream().readAllBytes().length);")
                    .war(server.webapps().resolve(name));
        }
        return server.start();
    }

    @Test
    void parametersAndEntriesReplaceThoseOfTheDescriptor() throws Exception {
        try (TestServer server = start("""
                webapps.apps.one {
                  init { color = blue, spring.profiles.active = production }
                  env { "mail/host" = mail.example }
                }
                """)) {
            assertThat(server.get("/one/settings").body()).isEqualTo("blue small production mail.example mail.example");
            assertThat(server.get("/two/settings").body()).isEqualTo("red small null localhost localhost");
        }
    }

    @Test
    void limitForBodiesIsTheApplicationsOwn() throws Exception {
        try (TestServer server = start("http.max-request-body = 2 KiB\nwebapps.apps.one.max-request-body = 8 KiB")) {
            assertThat(post(server, "/one/size", 8192).body()).isEqualTo("8192");
            assertThat(post(server, "/one/size", 8193).statusCode()).isEqualTo(413);
            assertThat(post(server, "/one/size", 8193).body()).contains("(webapps.apps.one.max-request-body)");
            assertThat(post(server, "/two/size", 2048).body()).isEqualTo("2048");
            assertThat(post(server, "/two/size", 2049).body()).contains("(http.max-request-body)");
        }
    }

    @Test
    void ambiguousPathsReachOnlyTheApplicationThatTakesThem() throws Exception {
        try (TestServer server = start("webapps.apps.one.raw-path = true")) {
            assertThat(get(server, "/one/raw/a%2Fb")).endsWith("/one/raw/a%2Fb /a/b");
            assertThat(get(server, "/one/raw//x")).endsWith("/one/raw//x //x");
            assertThat(get(server, "/one/raw/50%25")).endsWith("/one/raw/50%25 /50%");
            assertThat(get(server, "/two/raw/a%2Fb"))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("applications and mounts with raw-path = true");
        }
    }

    @Test
    void rawPathsOpenNoProtectedFile() throws Exception {
        try (TestServer server = start("webapps.apps.one.raw-path = true")) {
            assertThat(get(server, "/one/public.txt")).endsWith("\r\n\r\npublic");
            for (String path : new String[] {
                "/WEB-INF%2Fweb.xml",
                "//WEB-INF/web.xml",
                "/%2FWEB-INF/web.xml",
                "/WEB-INF//web.xml",
                "/x%2F..%2FWEB-INF%2Fweb.xml",
                "/META-INF%2Fweb.xml",
                "/WEB-INF%2Fclasses%2Fapp%2FRaw.class",
                "/..%2F..%2Fconf%2Fserver.conf",
                "/%252e%252e%252fconf"
            }) {
                assertThat(get(server, "/one" + path))
                        .as(path)
                        .startsWith("HTTP/1.1 4")
                        .doesNotContain("web-app");
            }
        }
    }

    private static final TestPlugin STORES = new TestPlugin(context -> {
        context.bind("store/main", Supplier.class, () -> "main");
        context.bind("store/europe", Supplier.class, () -> "europe");
    });

    private TestServer stores(String settings) throws Exception {
        TestServer server = TestServer.in(home, settings, STORES);
        for (String name : new String[] {"one.jar", "two.jar"}) {
            new Archive()
                    .servlet("app.Stores", "/stores", """
                            @jakarta.annotation.Resource(name = "store/main")
                            private java.util.function.Supplier<?> resource;
                            @jakarta.inject.Inject @jakarta.inject.Named("store/main")
                            private java.util.function.Supplier<?> injected;
                            """, """
                            try {
                                Object named = new javax.naming.InitialContext().lookup("java:comp/env/store/main");
                                Object attribute = getServletContext().getAttribute("store/main");
                                response.getWriter().print(resource.get() + " " + (injected == resource)
                                        + (named == resource) + (attribute == resource));
                            } catch (javax.naming.NamingException e) {
                                throw new ServletException(e);
                            }
                            """)
                    .jar(server.webapps().resolve(name));
        }
        return server.start();
    }

    @Test
    void anApplicationGetsOtherObjectsThanItNames() throws Exception {
        try (TestServer server = stores("""
                webapps.apps.one.resources { "store/main" = "store/europe", "store/europe" = "store/main" }
                """)) {
            assertThat(server.get("/one/stores").body()).isEqualTo("europe truetruetrue");
            assertThat(server.get("/two/stores").body()).isEqualTo("main truetruetrue");
        }
    }

    @Test
    void aSecondNameOfAnObjectIsNoSecondObject() throws Exception {
        TestPlugin plugin = new TestPlugin(context -> context.bind("store/main", Supplier.class, () -> "main"));
        try (TestServer server =
                TestServer.in(home, "webapps.apps.one.resources { \"my/store\" = \"store/main\" }", plugin)) {
            new Archive()
                    .servlet(
                            "app.Stores",
                            "/stores",
                            """
                            @jakarta.annotation.Resource(name = "my/store")
                            private java.util.function.Supplier<?> resource;
                            @jakarta.inject.Inject
                            private java.util.function.Supplier<?> injected;
                            """,
                            "response.getWriter().print(resource.get() + \" \" + (injected == resource));")
                    .jar(server.webapps().resolve("one.jar"));
            assertThat(server.start().get("/one/stores").body()).isEqualTo("main true");
        }
    }

    @Test
    void anObjectThatDoesNotExistFailsTheApplication() throws Exception {
        try (TestServer server = stores("webapps.apps.one.resources { \"store/main\" = \"store/asia\" }")) {
            assertThat(server.await("one.jar", FAILED).reason())
                    .contains("webapps.apps.one.resources gives store/main to store/asia, which does not exist;"
                            + " available: ")
                    .contains("store/main, store/europe");
            assertThat(server.get("/two/stores").body()).isEqualTo("main truetruetrue");
        }
    }

    /// As it is written: a `URI` would be normalized.
    private static String get(TestServer server, String path) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.at("/").getPort())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static HttpResponse<String> post(TestServer server, String path, int size) throws Exception {
        return server.send(HttpRequest.newBuilder(server.at(path)).POST(BodyPublishers.ofByteArray(new byte[size])));
    }
}
