package dev.pier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.plugin.Hosts;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.handler.DefaultHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
    private static final Handler HANDLER = new DefaultHandler();

    private static Route route(String path, String... hosts) {
        return new Route(path + " of " + List.of(hosts), path, new Hosts(Set.of(hosts)), HANDLER, RouteRules.DEFAULT);
    }

    private static @Nullable String find(RouteTable table, String path, String host) {
        Route found = table.find(path, () -> host);
        return found == null ? null : found.id();
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/shop, /shop",
        "/shop/, /shop",
        "/shop/cart, /shop",
        "/shop/admin, /shop/admin",
        "/shop/admin/, /shop/admin",
        "/shop/admin/users/17, /shop/admin",
        "/shop/administrators, /shop",
        "/shopping, /",
        "/sho, /",
        "//shop, /",
        "/shop//admin, /shop",
        "/a/path/that/is/longer/than/all/of/the/context/paths, /",
        "*, /",
    })
    void theLongestContextPathThatEndsAtASegmentIsFound(String path, String contextPath) {
        RouteTable table = new RouteTable(List.of(route("/shop/admin"), route("/"), route("/shop")));
        assertThat(find(table, path, "any.example")).isEqualTo(contextPath + " of []");
    }

    @Test
    void withoutARouteAtTheRootOtherPathsHaveNone() {
        RouteTable table = new RouteTable(List.of(route("/shop")));
        assertThat(find(table, "/shop/cart", "any.example")).isEqualTo("/shop of []");
        assertThat(find(table, "/", "any.example")).isNull();
        assertThat(find(table, "/other", "any.example")).isNull();
        assertThat(find(RouteTable.EMPTY, "/shop", "any.example")).isNull();
    }

    @Test
    void theBestMatchOfTheHostIsFound() {
        RouteTable table =
                new RouteTable(List.of(route("/shop"), route("/shop", "*.example"), route("/shop", "shop.example")));
        assertThat(find(table, "/shop", "shop.example")).isEqualTo("/shop of [shop.example]");
        assertThat(find(table, "/shop", "other.example")).isEqualTo("/shop of [*.example]");
        assertThat(find(table, "/shop", "other.test")).isEqualTo("/shop of []");
    }

    @Test
    void aShorterPathThatServesTheHostIsFound() {
        RouteTable table =
                new RouteTable(List.of(route("/"), route("/shop", "*.example"), route("/shop/admin", "admin.example")));
        assertThat(find(table, "/shop/admin/users", "admin.example")).isEqualTo("/shop/admin of [admin.example]");
        assertThat(find(table, "/shop/admin/users", "shop.example")).isEqualTo("/shop of [*.example]");
        assertThat(find(table, "/shop/admin/users", "other.test")).isEqualTo("/ of []");
    }
}
