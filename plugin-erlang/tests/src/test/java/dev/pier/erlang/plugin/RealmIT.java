package dev.pier.erlang.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.server.ApplicationServer;
import dev.pier.server.config.Configuration;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users that a function of a real node knows: `realms.app { peer, module, function }`.
class RealmIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path folder;

    private static final String MODULE = """
            -module(users).
            -export([login/2]).
            login(<<"joe">>, <<"r\\x{c3}\\x{a9}al">>) -> {ok, [<<"other">>, admin, "staff"]};
            login(<<"ann">>, <<"ann">>) -> {ok, []};
            login(_, <<"crash">>) -> error(crashed);
            login(_, <<"number">>) -> {ok, 7};
            login(_, <<"role">>) -> {ok, [7]};
            login(_, <<"true">>) -> true;
            login(_, <<"ok">>) -> ok;
            login(_, <<"reason">>) -> {error, nobody};
            login(_, <<"silent">>) -> receive never -> ok end;
            login(_, _) -> error.
            """;

    private static final String FORM = """
            <auth-method>FORM</auth-method><realm-name>app</realm-name>
            <form-login-config>
              <form-login-page>/login.html</form-login-page><form-error-page>/wrong.html</form-error-page>
            </form-login-config>
            """;

    private static MountedPier pier;

    @BeforeAll
    static void start() throws Exception {
        erlang.compile(MODULE);
        app("basic", "<auth-method>BASIC</auth-method><realm-name>app</realm-name>");
        app("form", FORM);
        app("down", "<auth-method>BASIC</auth-method><realm-name>down</realm-name>");
        pier = MountedPier.start(folder, erlang, """
                webapps.folder = webapps
                erlang.peers.absent { node = "absent@localhost", connect = at-first-use }
                realms.app { peer = backend, module = users, function = login, timeout = 1 s }
                realms.down { peer = absent, module = users, function = login }
                """);
    }

    @AfterAll
    static void stop() {
        pier.close();
    }

    private static void app(String name, String login) throws Exception {
        Path app = folder.resolve("webapps").resolve(name);
        Files.createDirectories(app.resolve("private"));
        Files.createDirectories(app.resolve("WEB-INF"));
        Files.writeString(app.resolve("private/page.html"), "the page");
        Files.writeString(app.resolve("wrong.html"), "wrong");
        Files.writeString(app.resolve("WEB-INF/web.xml"), """
                        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                          <security-constraint>
                            <web-resource-collection>
                              <web-resource-name>x</web-resource-name><url-pattern>/private/*</url-pattern>
                            </web-resource-collection>
                            <auth-constraint><role-name>staff</role-name></auth-constraint>
                          </security-constraint>
                          <login-config>%s</login-config>
                        </web-app>
                        """.formatted(login));
    }

    private static HttpResponse<String> basic(String path, String credentials) throws Exception {
        return pier.send(pier.to(path)
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8))));
    }

    private static HttpResponse<String> form(String user, String password) throws Exception {
        return pier.send(pier.to("/form/j_security_check")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("j_username=" + user + "&j_password=" + password)));
    }

    @Test
    void theFunctionKnowsUsersAndRoles() throws Exception {
        assertThat(basic("/basic/private/page.html", "joe:réal").body()).isEqualTo("the page");
        assertThat(basic("/basic/private/page.html", "joe:wrong").statusCode()).isEqualTo(401);
        assertThat(basic("/basic/private/page.html", "ann:ann").statusCode()).isEqualTo(403);
        assertThat(form("joe", "r%C3%A9al").headers().firstValue("Location").orElse(""))
                .endsWith("/form/");
        assertThat(form("joe", "wrong").headers().firstValue("Location").orElse(""))
                .endsWith("/form/wrong.html");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crash", "number", "role", "true", "ok", "reason", "silent"})
    void anyOtherAnswerIs503(String password) throws Exception {
        assertThat(basic("/basic/private/page.html", "joe:" + password).statusCode())
                .isEqualTo(503);
        HttpResponse<String> form = form("joe", password);
        assertThat(form.statusCode()).isEqualTo(503);
        assertThat(form.headers().firstValue("Retry-After")).isPresent();
        assertThat(form.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void aPeerThatIsDownIs503() throws Exception {
        HttpResponse<String> response = basic("/down/private/page.html", "joe:real");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).doesNotContain("the page").doesNotContain("absent");
        assertThat(pier.get("/down/private/page.html").statusCode()).isEqualTo(401);
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> new ApplicationServer(
                        Configuration.parse("realms.app { peer = backend, module = users }", folder),
                        List.of(new ErlangPlugin())))
                .hasMessageContaining("realms.app.peer: there is no peer 'backend' in erlang.peers; there is none")
                .hasMessageContaining("realms.app.function: is missing");
    }
}
