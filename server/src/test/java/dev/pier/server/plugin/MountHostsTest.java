package dev.pier.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MountHostsTest {
    private static Mount hosts(String... hosts) {
        return new Mount("/", new HttpServlet() {}, Set.of(hosts), null, "", false);
    }

    @Test
    void withoutHostsItIsForAll() {
        assertThat(hosts().isFor("a.example")).isTrue();
        assertThat(hosts().isFor(null)).isTrue();
    }

    @Test
    void aHostIsComparedWithoutCase() {
        assertThat(hosts("a.example").isFor("A.Example")).isTrue();
        assertThat(hosts("a.example").isFor("b.example")).isFalse();
        assertThat(hosts("a.example").isFor("b.a.example")).isFalse();
        assertThat(hosts("a.example").isFor(null)).isFalse();
    }

    @Test
    void aStarStandsForOneLabel() {
        assertThat(hosts("*.a.example").isFor("b.a.example")).isTrue();
        assertThat(hosts("*.a.example").isFor("a.example")).isFalse();
        assertThat(hosts("*.a.example").isFor("c.b.a.example")).isFalse();
        assertThat(hosts("*.a.example").isFor("localhost")).isFalse();
    }
}
