package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.DEPLOYED;
import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

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
                    .isEqualTo("login-config names the realm 'stuff', which server.conf does not define");
            assertThat(server.await("nameless.war", FAILED).reason())
                    .isEqualTo("login-config names the realm 'default', which server.conf does not define");
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
