package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Logins by the certificate of the client: CLIENT-CERT.
class CertificateLoginIT {
    @TempDir
    Path home;

    @Test
    void theSubjectIsTheUser() throws Exception {
        Path conf = Files.createDirectories(home.resolve("conf"));
        KeyStore own = TestCertificate.newPair(home, "CN=server");
        TestCertificate.writeCertificate(own, conf.resolve("server.pem"));
        TestCertificate.writeKey(own, conf.resolve("server.key"));
        KeyStore joe = TestCertificate.newPair(home, "CN=joe,O=Example");
        KeyStore eve = TestCertificate.newPair(home, "CN=eve,O=Example");
        TestCertificate.writeCertificate(joe, conf.resolve("joe.pem"));
        TestCertificate.writeCertificate(eve, conf.resolve("eve.pem"));
        Files.writeString(
                conf.resolve("clients.pem"),
                Files.readString(conf.resolve("joe.pem")) + Files.readString(conf.resolve("eve.pem")));
        Files.writeString(conf.resolve("users"), "CN=joe,O=Example: -, staff");
        Files.setPosixFilePermissions(conf.resolve("users"), PosixFilePermissions.fromString("rw-------"));
        try (TestServer server = TestServer.in(home, """
                https { host = 127.0.0.1, port = 0, certificate = server.pem, key = server.key
                  client-certificates = optional, client-ca = clients.pem }
                realms.staff.users-file = users
                """)) {
            new Archive()
                    .entry("WEB-INF/web.xml", """
                            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                              <security-constraint>
                                <web-resource-collection>
                                  <web-resource-name>x</web-resource-name><url-pattern>/*</url-pattern>
                                </web-resource-collection>
                                <auth-constraint><role-name>staff</role-name></auth-constraint>
                              </security-constraint>
                              <login-config>
                                <auth-method>CLIENT-CERT</auth-method><realm-name>staff</realm-name>
                              </login-config>
                            </web-app>
                            """)
                    .servlet("app.Who", "/who", "response.getWriter().print(request.getRemoteUser());")
                    .war(server.webapps().resolve("app.war"));
            server.start();

            assertThat(get(server, TestCertificate.trustingAll(joe)).body()).isEqualTo("CN=joe,O=Example");
            assertThat(get(server, TestCertificate.trustingAll(eve)).statusCode())
                    .isEqualTo(403);
            assertThat(get(server, TestCertificate.trustingAll()).statusCode()).isEqualTo(403);
            assertThat(server.get("/app/who").statusCode()).isEqualTo(403);
        }
    }

    private static HttpResponse<String> get(TestServer server, SSLContext context) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
            return client.send(
                    HttpRequest.newBuilder(
                                    server.server().secureUrl().orElseThrow().resolve("/app/who"))
                            .build(),
                    BodyHandlers.ofString());
        }
    }
}
