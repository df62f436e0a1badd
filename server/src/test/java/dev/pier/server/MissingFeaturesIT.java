package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.DEPLOYED;
import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Applications that ask for what Pier does not offer: each is refused in one sentence.
class MissingFeaturesIT {
    private static final String ENDPOINT = "package jakarta.websocket.server;"
            + " @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)"
            + " public @interface ServerEndpoint { String value(); }";

    private static final String CHAT =
            "package app; @jakarta.websocket.server.ServerEndpoint(\"/chat\") public class Chat {}";

    @TempDir
    Path home;

    @Test
    void descriptorsThatAskForResourcesAreRefused() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            descriptor("<data-source><name>java:app/db</name><class-name>x.Y</class-name></data-source>")
                    .war(server.webapps().resolve("data.war"));
            descriptor("<mail-session><name>java:app/mail</name></mail-session>")
                    .war(server.webapps().resolve("mail.war"));
            server.start();

            assertThat(server.await("data.war", FAILED).reason())
                    .isEqualTo("web.xml asks for <data-source>, which Pier does not offer");
            assertThat(server.await("mail.war", FAILED).reason())
                    .isEqualTo("web.xml asks for <mail-session>, which Pier does not offer");
        }
    }

    @Test
    void loginWithoutARealmIsRefused() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            descriptor("<login-config><auth-method>BASIC</auth-method><realm-name>stuff</realm-name></login-config>")
                    .war(server.webapps().resolve("named.war"));
            descriptor("<login-config><auth-method>BASIC</auth-method></login-config>")
                    .war(server.webapps().resolve("nameless.war"));
            server.start();

            assertThat(server.await("named.war", FAILED).reason())
                    .isEqualTo(
                            "login-config names the realm 'stuff', which server.conf does not define; it defines no realm");
            assertThat(server.await("nameless.war", FAILED).reason())
                    .isEqualTo(
                            "login-config names the realm 'default', which server.conf does not define; it defines no realm");
        }
    }

    @Test
    void annotationsThatAskForAnotherContainerAreRefused() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .source(
                            "app.Db",
                            "package app; @jakarta.annotation.sql.DataSourceDefinition(name = \"java:app/db\","
                                    + " className = \"x.Y\") public class Db {}")
                    .jar(server.webapps().resolve("db.jar"));
            server.start();

            assertThat(server.await("db.jar", FAILED).reason())
                    .isEqualTo("app.Db asks for @DataSourceDefinition, which Pier does not offer");
        }
    }

    @Test
    void pagesWithoutACompilerAreRefused() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("never")
                    .entry("pages/cart.jsp", "<p>")
                    .entry("WEB-INF/views/item.jspx", "<p>")
                    .war(server.webapps().resolve("shop.war"));
            server.start();

            assertThat(server.await("shop.war", FAILED).reason())
                    .isEqualTo("WEB-INF/views/item.jspx is a JSP, and WEB-INF/lib has no compiler for it:"
                            + " add jetty-ee11-apache-jsp (docs/frameworks.md)");
        }
    }

    @Test
    void pagesOfAServletOfTheApplicationAreItsOwn() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .servlet("app.Pages", "*.jsp", "response.getWriter().print(\"its own\");")
                    .entry("cart.jsp", "<p>")
                    .war(server.webapps().resolve("shop.war"));
            server.start();

            server.await("shop.war", DEPLOYED);
            assertThat(server.get("/shop/cart.jsp").body()).isEqualTo("its own");
        }
    }

    @Test
    void applicationsOfJavaxServletAreRefused() throws Exception {
        String api = "package javax.servlet.http; public abstract class HttpServlet {}";
        String annotation = "package javax.servlet.annotation;"
                + " @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)"
                + " public @interface WebServlet { String value(); }";
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .source("javax.servlet.http.HttpServlet", api)
                    .source("app.Old", "package app; public class Old extends javax.servlet.http.HttpServlet {}")
                    .war(server.webapps().resolve("class.war"));
            new Archive()
                    .source("javax.servlet.annotation.WebServlet", annotation)
                    .source(
                            "app.Annotated",
                            "package app; @javax.servlet.annotation.WebServlet(\"/\") public class Annotated {}")
                    .war(server.webapps().resolve("annotated.war"));
            server.start();

            assertThat(server.await("class.war", FAILED).reason()).isEqualTo(javax("app.Old"));
            assertThat(server.await("annotated.war", FAILED).reason()).isEqualTo(javax("app.Annotated"));
        }
    }

    /// Without a scan, as with `metadata-complete`, the descriptor names the class.
    @Test
    void descriptorsOfJavaxServletAreRefused() throws Exception {
        Path classes = home.resolve("classes");
        new Archive()
                .source("javax.servlet.http.HttpServlet", "package javax.servlet.http; public class HttpServlet {}")
                .source("app.Old", "package app; public class Old extends javax.servlet.http.HttpServlet {}")
                .folder(classes);
        Path old = classes.resolve("WEB-INF/classes/app/Old.class");
        try (TestServer server = TestServer.in(home, "")) {
            Path application = server.webapps().resolve("old");
            new Archive().entry("WEB-INF/web.xml", """
                            <web-app xmlns="http://xmlns.jcp.org/xml/ns/javaee" version="3.1" metadata-complete="true">
                              <servlet>
                                <servlet-name>old</servlet-name><servlet-class>app.Old</servlet-class>
                              </servlet>
                            </web-app>
                            """).folder(application);
            Files.createDirectories(application.resolve("WEB-INF/classes/app"));
            Files.copy(old, application.resolve("WEB-INF/classes/app/Old.class"));
            server.start();

            assertThat(server.await("old", FAILED).reason()).isEqualTo(javax("app.Old"));
        }
    }

    @Test
    void applicationsThatConfigureJettyAreRefusedUnlessTheyMay() throws Exception {
        Archive archive = new Archive()
                .servlet(
                        "app.Hello",
                        "/hello",
                        "response.getWriter().print(getServletContext().getAttribute(\"greeting\"));")
                .entry("WEB-INF/jetty-web.xml", """
                        <!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "configure_10_0.dtd">
                        <Configure class="org.eclipse.jetty.ee11.webapp.WebAppContext">
                          <Call name="setAttribute"><Arg>greeting</Arg><Arg>from Jetty's file</Arg></Call>
                        </Configure>
                        """);
        try (TestServer server = TestServer.in(home.resolve("default"), "")) {
            archive.war(server.webapps().resolve("app.war"));
            server.start();

            assertThat(server.await("app.war", FAILED).reason())
                    .isEqualTo("WEB-INF/jetty-web.xml configures Jetty, which applications may not"
                            + " (webapps.jetty-xml)");
        }
        try (TestServer server = TestServer.in(home.resolve("allowed"), "webapps.jetty-xml = true")) {
            archive.war(server.webapps().resolve("app.war"));
            server.start();

            server.await("app.war", DEPLOYED);
            assertThat(server.get("/app/hello").body()).isEqualTo("from Jetty's file");
        }
    }

    private static String javax(String type) {
        return type + " is written for javax.servlet, and Pier has jakarta.servlet (Servlet 6.1): use a version of the"
                + " application for Jakarta EE 9 or newer";
    }

    @Test
    void applicationMayBringItsOwnWebSocketContainer() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .source("jakarta.websocket.server.ServerEndpoint", ENDPOINT)
                    .source("app.Chat", CHAT)
                    .entry(
                            "WEB-INF/classes/META-INF/services/"
                                    + "jakarta.websocket.server.ServerEndpointConfig$Configurator",
                            "app.Configurator")
                    .war(server.webapps().resolve("chat.war"));
            server.start();

            server.await("chat.war", DEPLOYED);
        }
    }

    private static Archive descriptor(String element) {
        return Archive.greeting("never").entry("WEB-INF/web.xml", """
                        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">%s</web-app>
                        """.formatted(element));
    }
}
