package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.Distribution;
import dev.pier.assembly.RunningPier;
import dev.pier.assembly.Sample;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestTls;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/// The page of the admin port.
class AdminPageIT {
    private static final String SETTINGS = Sample.MOUNT + """
            admin.token-file = admin.token
            erlang.peers.archive.node = "archive@localhost"
            datasources.main.url = "jdbc:postgresql://127.0.0.1:1/none?ApplicationName=pier"
            webapps.drain-timeout = 1 s
            webapps.apps.shop.init.db-password = open-sesame
            """;

    private static final Pattern REFERENCE = Pattern.compile("[0-9a-f]{16}");

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path home;

    private static Instant expires;
    private static RunningPier pier;
    private Browser browser;

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(home.resolve("webapps"));
        Distribution.compileAndPack("Shop", """
                import dev.pier.erlang.*;
                import jakarta.annotation.Resource;
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                @WebServlet("/*")
                public class Shop extends HttpServlet {
                    @Resource(name = "erlang/backend") Peer backend;
                    @Resource(name = "erlang/node") ErlangNode node;
                    @Override public void init() {
                        node.expose("shop", "price", arguments -> 42);
                        node.register("orders", (message, self) -> {});
                    }
                    @Override protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                        request.getSession().setAttribute("seen", "yes");
                        switch (request.getPathInfo()) {
                            case "/breaks" -> throw new IllegalStateException("the shop is broken");
                            case "/asks" -> backend.call("erlang", "error", "no_such_order");
                            default -> backend.call("erlang", "node");
                        }
                    }
                }
                """, home.resolve("webapps/shop.jar"));
        expires = Instant.now().plus(Duration.ofDays(10));
        TestTls https = TestTls.of(
                TestTls.ca().issue("shop", Instant.now().minus(Duration.ofDays(1)), expires, "localhost"),
                TestTls.ca());
        pier = RunningPier.withSample(home, erlang, SETTINGS + RunningPier.httpsSettings(https));
        Sample.start(erlang);
        pier.awaitStatus("/shop/", 200);
    }

    @AfterAll
    static void stop() {
        if (pier != null) {
            pier.close();
        }
    }

    @BeforeEach
    void open() {
        browser = Browser.open(pier.adminAt("/"));
    }

    @AfterEach
    void close() {
        browser.close();
    }

    private void useToken() throws IOException {
        browser.write(
                "#token", Files.readString(home.resolve("conf/admin.token")).strip());
        browser.click("#access button");
        browser.await("#granted", text -> text.startsWith("This tab has the token."));
    }

    private static String failAt(String path, int status) {
        HttpResponse<String> failed = pier.get(path);
        assertThat(failed.statusCode()).as(failed.body()).isEqualTo(status);
        Matcher reference = REFERENCE.matcher(failed.body());
        assertThat(reference.find()).as(failed.body()).isTrue();
        return reference.group();
    }

    private String cell(String section, String key, String title) {
        return "#" + section + " tr[data-key='" + key + "'] [data-title='" + title + "']";
    }

    @Test
    void theServerIsShownWithoutTheToken() {
        browser.awaitText("#state", "ready");
        browser.awaitText(
                "#overview .lede",
                "The certificate of HTTPS is valid until " + expires.toString().substring(0, 10) + ".");
        browser.awaitText("#overview .problem", "the certificate expires in 9 days: renew it");
        browser.awaitText("#applications tr[data-key='shop.jar'] th", "/shop");
        browser.awaitText(cell("applications", "shop.jar", "State"), "deployed");
        assertThat(browser.text(cell("applications", "shop.jar", "Sessions"))).containsPattern("[1-9]");
        browser.awaitText(cell("peers", "backend", "State"), "connected");
        assertThat(browser.text("#peers tr[data-key='backend'] th")).contains(erlang.nodeName());
        browser.awaitText(cell("peers", "archive", "State"), "node 'archive' is not registered at the EPMD");
        browser.awaitText(cell("mounts", "/mounted", "State"), "serving");
        browser.awaitText("#served", "shop:price/_");
        browser.awaitText("#processes", "orders");
        browser.awaitText(cell("datasources", "main", "State"), "Connection to 127.0.0.1:1 refused");
        assertThat(browser.text("#datasources tr[data-key='main'] th"))
                .contains("jdbc/main", "jdbc:postgresql://127.0.0.1:1/none")
                .doesNotContain("ApplicationName");
        for (String section : List.of("failures", "log", "settings")) {
            assertThat(browser.text("#" + section)).as(section).contains("need", "the token");
            assertThat(browser.all("#" + section + " table:not([hidden])").stream()
                            .filter(WebElement::isDisplayed))
                    .isEmpty();
        }
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void figuresMoveWhileThePageIsOpen() {
        browser.awaitText(cell("applications", "shop.jar", "State"), "deployed");
        erlang.eval("[rpc:call('" + pier.node() + "', shop, price, []) || _ <- [1, 2, 3]]");
        browser.await(cell("served", "shop:price/_", "In all"), text -> !text.endsWith("0"));
        Await.until("a rate of requests", () -> {
            for (int i = 0; i < 20; i++) {
                pier.get("/shop/");
            }
            String requests = browser.text(cell("applications", "shop.jar", "Requests"));
            return Pattern.compile("[1-9][\\d,.]*/s").matcher(requests).find();
        });
        browser.await(cell("peers", "backend", "Calls"), text -> !text.contains("–"));
        assertThat(browser.text(cell("peers", "backend", "p90, p99"))).matches("(?s).*\\d.*(µs|ms|s)");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void theReferenceOfAFailureLeadsToItsStackTrace() throws Exception {
        String broken = failAt("/shop/breaks", 500);
        String asked = failAt("/shop/asks", 502);
        browser.write("#token", "not the token of this server");
        browser.click("#access button");
        browser.awaitText("#access .problem", "The token is not that of admin.token-file");
        assertThat(browser.errors()).singleElement().asString().contains("401");

        useToken();
        browser.awaitText("#failures tr[data-key='" + broken + "']", "GET /shop/breaks");
        browser.click("#failures tr[data-key='" + broken + "'] button");
        browser.awaitText("#failures article", "java.lang.IllegalStateException: the shop is broken");
        assertThat(browser.text("#failures article")).contains("at Shop.doGet(Shop.java:");

        browser.write("#reference", asked);
        browser.press(Keys.ENTER);
        browser.awaitText("#failures article h3", asked);
        assertThat(browser.text("#failures article")).contains("no_such_order", "GET /shop/asks", "Shop.doGet");

        browser.awaitText("#log .log", broken);
        browser.awaitText("#settings", "erlang.peers.archive.node");
        assertThat(browser.text("#settings"))
                .contains("webapps.apps.shop.init db-password=(hidden)")
                .doesNotContain(
                        "open-sesame", Files.readString(erlang.cookieFile()).strip());
        assertThat(browser.errors()).isEmpty();

        browser.write("#reference", "0000000000000000");
        browser.press(Keys.ENTER);
        browser.awaitText("#failures .problem", "None of the last failures has this reference");
        assertThat(browser.errors()).singleElement().asString().contains("404");

        browser.click("#granted button");
        browser.awaitText("#failures .locked", "need the token");
        assertThat(browser.text("#failures")).doesNotContain(broken);
        assertThat(browser.all("#log .log p")).isEmpty();
        assertThat(browser.run("return sessionStorage.length")).isEqualTo(0L);
    }

    @Test
    void anApplicationIsRedeployedByItsButton() throws Exception {
        String button = "#applications tr[data-key='shop.jar'] button";
        browser.awaitText(button, "Redeploy");
        browser.click(button);
        browser.awaitText("#applications .outcome", "needs the token");
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("token");
        String before = since();

        useToken();
        browser.click(button);
        browser.awaitText("#applications .outcome", "shop.jar is deployed.");
        assertThat(since()).isNotEqualTo(before);
        assertThat(browser.errors()).isEmpty();
    }

    private static String since() {
        String status =
                pier.send(HttpRequest.newBuilder(pier.adminAt("/status"))).body();
        Matcher since = Pattern.compile("\"path\":\"/shop\",\"state\":\"deployed\",\"since\":\"([^\"]+)\"")
                .matcher(status);
        assertThat(since.find()).as(status).isTrue();
        return since.group(1);
    }

    @Test
    void thePageIsAccessibleAndFitsItsWidth() throws Exception {
        String reference = failAt("/shop/breaks", 500);
        accessible(Browser.NARROW, true);
        accessible(Browser.WIDE, false);
        useToken();
        browser.awaitText("#settings", "erlang.peers.archive.node");
        browser.awaitText("#failures tr[data-key='" + reference + "']", "GET /shop/breaks");
        browser.click("#failures tr[data-key='" + reference + "'] button");
        browser.awaitText("#failures article", "the shop is broken");
        browser.await("#log .log p:last-child", text -> !text.isEmpty());
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {Browser.WIDE, Browser.NARROW}) {
                accessible(width, dark);
            }
        }
        browser.pictures("page", "admin");
    }

    private void accessible(int width, boolean dark) {
        browser.look(width, dark);
        String look = (dark ? "dark, " : "light, ") + width + " wide";
        assertThat(Axe.findings(browser)).as(look).isEmpty();
        assertThat(browser.run("return document.documentElement.scrollWidth"))
                .as("the width of the page: %s", look)
                .isEqualTo((long) width);
    }

    @Test
    void theLossOfTheServerIsShown(@TempDir Path other) throws Exception {
        try (RunningPier lost = RunningPier.serving(other, erlang.cookieFile(), erlang.nodeName(), "")) {
            browser.close();
            browser = Browser.open(lost.adminAt("/"));
            browser.awaitText("#state", "ready");
        }
        browser.awaitText("#state", "no answer");
    }
}
