package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.config.Section;
import dev.pier.server.login.PasswordHash;
import dev.pier.server.plugin.Realm;
import dev.pier.server.plugin.RealmUnavailableException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users of applications: realms, and the ways to log in.
class LoginIT {
    private static final String SETTINGS = """
            realms.staff { users-file = users }
            realms.app { test-realm = true }
            webapps.apps {
              annotated { realm = staff }
              remote { realm = app }
              lost { realm = nowhere }
            }
            """;

    private static final String CONSTRAINT = """
            <security-constraint>
              <web-resource-collection>
                <web-resource-name>x</web-resource-name><url-pattern>/private/*</url-pattern>
              </web-resource-collection>
              <auth-constraint><role-name>staff</role-name></auth-constraint>
            </security-constraint>
            <security-role><role-name>staff</role-name></security-role>
            """;

    private static final String FORM = """
            <login-config>
              <auth-method>FORM</auth-method>
              <realm-name>%s</realm-name>
              <form-login-config>
                <form-login-page>/login.html</form-login-page><form-error-page>/wrong.html</form-error-page>
              </form-login-config>
            </login-config>
            """;

    /// The behaviour of the plugin's realm.
    private enum Answer {
        STAFF,
        AWAY,
        BROKEN
    }

    private static volatile Answer answer = Answer.STAFF;

    @TempDir
    static Path home = Path.of("");

    private static @Nullable TestServer started;

    private static final LogLines LOG = LogLines.of("dev.pier.server.login");

    /// A plugin with a realm in which each user has the password `right`.
    private static final class RealmPlugin extends TestPlugin implements Realm {
        RealmPlugin() {
            super(_ -> {});
        }

        @Override
        public Optional<Realm.Factory> realm(Section section) {
            return section.flag("test-realm", false) ? Optional.of(() -> this) : Optional.empty();
        }

        @Override
        public Optional<Set<String>> login(String user, String password) throws RealmUnavailableException {
            return switch (answer) {
                case STAFF -> password.equals("right") ? Optional.of(Set.of("staff")) : Optional.empty();
                case AWAY -> throw new RealmUnavailableException("it is away");
                case BROKEN -> throw new IllegalStateException("broken");
            };
        }

        @Override
        public Optional<Set<String>> login(String user, X509Certificate certificate) {
            return Optional.empty();
        }

        @Override
        public String stamp(String user) {
            return "";
        }
    }

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(home.resolve("webapps"));
        Files.createDirectories(home.resolve("conf"));
        users("joe: " + hash("s3cret é") + ", staff\nann: " + hash("ann") + ", guest\n");
        app(CONSTRAINT + "<login-config><auth-method>BASIC</auth-method><realm-name>staff</realm-name></login-config>")
                .war(home.resolve("webapps/basic.war"));
        app(CONSTRAINT + FORM.formatted("staff")).war(home.resolve("webapps/form.war"));
        app(CONSTRAINT + FORM.formatted("staff")).war(home.resolve("webapps/remote.war"));
        app("").war(home.resolve("webapps/annotated.war"));
        app("").war(home.resolve("webapps/lost.war"));
        for (String method : new String[] {"DIGEST", "CLIENT-CERT"}) {
            app("<login-config><auth-method>" + method + "</auth-method><realm-name>staff</realm-name></login-config>")
                    .war(home.resolve("webapps/" + method + ".war"));
        }
        started = TestServer.started(home, SETTINGS, new RealmPlugin());
    }

    @AfterAll
    static void stop() {
        server().close();
        LOG.close();
    }

    private static TestServer server() {
        return Objects.requireNonNull(started);
    }

    private static String hash(String password) {
        return PasswordHash.of(password).toString();
    }

    private static void users(String text) throws Exception {
        Path fresh = home.resolve("conf/users.new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text);
        Files.move(fresh, home.resolve("conf/users"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static Archive app(String security) {
        String who = "response.getWriter().print(request.getRemoteUser() + \" \" + request.isUserInRole(\"staff\")"
                + " + \" \" + request.getAuthType());";
        return new Archive()
                .entry(
                        "WEB-INF/web.xml",
                        "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.1\">" + security
                                + "</web-app>")
                .entry("login.html", "the login page")
                .entry("wrong.html", "the error page")
                .servlet("app.Who", "/private/who", who)
                .servlet("app.Open", "/open", who)
                .servlet("app.Start", "/start", "response.getWriter().print(request.getSession().getId());")
                .servlet("app.Login", "/login", """
                        try {
                            request.login(request.getParameter("user"), request.getParameter("password"));
                        } catch (ServletException e) {
                            if (request.getParameter("catch") == null) throw e;
                            response.getWriter().print("refused ");
                        }
                        """ + who)
                .servlet("app.Logout", "/logout", "request.logout();" + who)
                .source("app.Annotated", """
                        package app;
                        import jakarta.servlet.annotation.*;
                        import jakarta.servlet.http.*;
                        @WebServlet("/annotated")
                        @ServletSecurity(@HttpConstraint(rolesAllowed = "staff"))
                        public class Annotated extends HttpServlet {
                            @Override protected void doGet(HttpServletRequest request, HttpServletResponse response)
                                    throws java.io.IOException {
                                response.getWriter().print("annotated " + request.getUserPrincipal().getName());
                            }
                        }
                        """);
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server().at(path));
        return server().send(headers.length == 0 ? request : request.headers(headers));
    }

    private static HttpResponse<String> basic(String path, String credentials) throws Exception {
        return get(path, "Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)));
    }

    private static HttpResponse<String> check(String app, String cookie, String user, String password)
            throws Exception {
        return server().send(HttpRequest.newBuilder(server().at(app + "/j_security_check"))
                .headers("Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("j_username=" + user + "&j_password=" + password)));
    }

    private static Optional<String> cookie(HttpResponse<String> response) {
        return response.headers().allValues("Set-Cookie").stream()
                .map(it -> it.replaceFirst(";.*", ""))
                .reduce((_, last) -> last);
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElse("").replaceFirst("http://[^/]*", "");
    }

    /// Logs in by the form.
    ///
    /// @return the cookie of the session
    private static String form(String app, String user, String password) throws Exception {
        String cookie = cookie(get(app + "/private/who?x=1")).orElseThrow();
        HttpResponse<String> right = check(app, cookie, user, password);
        assertThat(location(right)).isEqualTo(app + "/private/who?x=1");
        return cookie(right).orElseThrow();
    }

    @Test
    void basicAsksForThePasswordAndChecksRoles() throws Exception {
        HttpResponse<String> asked = get("/basic/private/who");
        assertThat(asked.statusCode()).isEqualTo(401);
        assertThat(asked.headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"staff\", charset=\"UTF-8\"");
        assertThat(basic("/basic/private/who", "joe:s3cret é").body()).isEqualTo("joe true BASIC");
        assertThat(basic("/basic/private/who", "joe:wrong").statusCode()).isEqualTo(401);
        assertThat(basic("/basic/private/who", "eve:s3cret é").statusCode()).isEqualTo(401);
        assertThat(basic("/basic/private/who", "ann:ann").statusCode()).isEqualTo(403);
        assertThat(get("/basic/private/who", "Authorization", "Basic !").statusCode())
                .isEqualTo(400);
        assertThat(get("/basic/open").body()).isEqualTo("null false null");
        assertThat(basic("/basic/open", "joe:s3cret é").body()).isEqualTo("joe true BASIC");
        assertThat(basic("/basic/open", "joe:wrong").body()).isEqualTo("null false null");
        assertThat(get("/basic/open", "Authorization", "Basic !").body()).isEqualTo("null false null");
    }

    @Test
    void aRealmOfTheSettingsServesAnnotations() throws Exception {
        assertThat(get("/annotated/annotated").statusCode()).isEqualTo(401);
        assertThat(basic("/annotated/annotated", "joe:s3cret é").body()).isEqualTo("annotated joe");
        assertThat(basic("/annotated/annotated", "ann:ann").statusCode()).isEqualTo(403);
    }

    @Test
    void anApplicationLogsInAndOutItself() throws Exception {
        assertThat(get("/basic/login?user=ann&password=ann").body()).startsWith("ann false ");
        assertThat(get("/basic/login?user=ann&password=x&catch=1").body()).isEqualTo("refused null false null");
        String cookie = form("/form", "joe", "s3cret+%C3%A9");
        assertThat(get("/form/open", "Cookie", cookie).body()).isEqualTo("joe true FORM");
        assertThat(get("/form/logout", "Cookie", cookie).body()).isEqualTo("null false null");
        assertThat(get("/form/open", "Cookie", cookie).body()).isEqualTo("null false null");
        assertThat(get("/form/private/who", "Cookie", cookie).statusCode()).isIn(302, 303);
    }

    @Test
    void aFormLeadsToThePageThatWasWantedWithAnotherSessionId() throws Exception {
        HttpResponse<String> asked = get("/form/private/who?x=1");
        assertThat(location(asked)).isEqualTo("/form/login.html");
        String before = cookie(asked).orElseThrow();
        assertThat(get("/form/login.html", "Cookie", before).body()).isEqualTo("the login page");
        assertThat(location(check("/form", before, "joe", "wrong"))).isEqualTo("/form/wrong.html");
        assertThat(get("/form/open", "Cookie", before).body()).isEqualTo("null false null");

        HttpResponse<String> right = check("/form", before, "joe", "s3cret+%C3%A9");
        assertThat(location(right)).isEqualTo("/form/private/who?x=1");
        String after = cookie(right).orElseThrow();
        assertThat(after).isNotEqualTo(before);
        assertThat(get("/form/private/who", "Cookie", after).body()).isEqualTo("joe true FORM");
        assertThat(location(get("/form/private/who", "Cookie", before))).isEqualTo("/form/login.html");
        assertThat(get("/form/j_security_check?j_username=joe&j_password=x").statusCode())
                .isEqualTo(405);
    }

    @Test
    void aLoginOutlivesARedeploymentAndEndsWithTheUsersRoles() throws Exception {
        app(CONSTRAINT + FORM.formatted("staff")).war(home.resolve("webapps/again.war"));
        server().awaitBody("/again/open", "null false null");
        users("joe: " + hash("s3cret é") + ", staff\nann: " + hash("ann") + ", guest\nmia: " + hash("mia") + ", staff");
        TestServer.await("mia", () -> basic("/basic/open", "mia:mia").body().equals("mia true BASIC"));
        String cookie = form("/again", "mia", "mia");
        app(CONSTRAINT + FORM.formatted("staff"))
                .servlet("app.New", "/new", "response.getWriter().print(\"new\");")
                .war(home.resolve("webapps/again.war"));
        server().awaitBody("/again/new", "new");
        assertThat(get("/again/private/who", "Cookie", cookie).body()).isEqualTo("mia true FORM");

        users("joe: " + hash("s3cret é") + ", staff\nann: " + hash("ann") + ", guest");
        TestServer.await(
                "the end of the login",
                () -> location(get("/again/private/who", "Cookie", cookie)).equals("/again/login.html"));
        assertThat(get("/again/open", "Cookie", cookie).body()).isEqualTo("null false null");
    }

    @Test
    void aRealmThatIsAwayNeitherLetsInNorRefuses() throws Exception {
        String session = form("/remote", "joe", "right");
        for (Answer failure : List.of(Answer.AWAY, Answer.BROKEN)) {
            answer = failure;
            try {
                String cookie = cookie(get("/remote/private/who")).orElseThrow();
                for (HttpResponse<String> response : List.of(
                        check("/remote", cookie, "joe", "right"), get("/remote/login?user=joe&password=right"))) {
                    assertThat(response.statusCode()).isEqualTo(503);
                    assertThat(response.headers().firstValue("Retry-After")).isPresent();
                    assertThat(response.body()).contains("Logins cannot be checked now");
                }
                assertThat(get("/remote/login?user=joe&password=right&catch=1").body())
                        .startsWith("refused null false");
                assertThat(get("/remote/open", "Cookie", cookie).body()).isEqualTo("null false null");
                // Earlier logins hold.
                assertThat(get("/remote/private/who", "Cookie", session).body()).isEqualTo("joe true FORM");
            } finally {
                answer = Answer.STAFF;
            }
        }
        assertThat(LOG.messages()).contains("The realm 'app' cannot be asked, its logins get 503: it is away");
    }

    @Test
    void whatIsNotThereIsSaidAtDeployment() throws Exception {
        assertThat(server().await("lost.war", FAILED).reason())
                .isEqualTo("webapps.apps.lost.realm names the realm 'nowhere', which server.conf does not define;"
                        + " it defines app, staff");
        assertThat(server().await("DIGEST.war", FAILED).reason())
                .isEqualTo("login-config asks for DIGEST, which Pier does not offer; it offers BASIC, FORM and"
                        + " CLIENT-CERT");
        assertThat(server().await("CLIENT-CERT.war", FAILED).reason()).contains("(https.client-certificates)");
    }

    @Test
    void failedLoginsAreLoggedOncePerAddress() throws Exception {
        basic("/basic/private/who", "joe:wrong");
        basic("/basic/private/who", "joe:wrong");
        assertThat(LOG.messages().stream()
                        .filter(line -> line.startsWith("Failed login of 127.0.0.1 in the realm"))
                        .toList())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain("joe").doesNotContain("wrong"));
    }

    @Test
    void mistakesStopTheStart() throws Exception {
        Path other = home.resolve("other");
        Files.createDirectories(other.resolve("conf"));
        Files.writeString(other.resolve("conf/users"), "joe: x");
        Files.setPosixFilePermissions(other.resolve("conf/users"), PosixFilePermissions.fromString("rw-r--r--"));
        try (TestServer server = TestServer.in(other, "realms.staff.users-file = users")) {
            assertThatThrownBy(() -> server.server().check())
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("realms.staff: ")
                    .hasMessageContaining("chmod 600");
            assertThatThrownBy(server::start).hasMessageContaining("chmod 600");
        }
        assertThatThrownBy(() -> TestServer.in(other, "realms.staff {}"))
                .hasMessageContaining("realms.staff.users-file: is missing");
    }
}
