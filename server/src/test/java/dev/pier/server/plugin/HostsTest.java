package dev.pier.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.plugin.Hosts.Match;
import jakarta.servlet.http.HttpServlet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostsTest {
    private static Hosts hosts(String... names) {
        return new Hosts(Set.of(names));
    }

    @Test
    void withoutNamesAllHostsMatch() {
        assertThat(hosts().match("a.example")).isEqualTo(Match.ALL);
        assertThat(hosts().match(null)).isEqualTo(Match.ALL);
    }

    @Test
    void aHostIsComparedWithoutCaseAndWithoutADotAtItsEnd() {
        assertThat(hosts("a.example").match("A.Example")).isEqualTo(Match.EXACT);
        assertThat(hosts("a.example").match("a.example.")).isEqualTo(Match.EXACT);
        assertThat(hosts("a.example").match("b.example")).isEqualTo(Match.NONE);
        assertThat(hosts("a.example").match("b.a.example")).isEqualTo(Match.NONE);
        assertThat(hosts("a.example").match(null)).isEqualTo(Match.NONE);
    }

    @Test
    void aStarStandsForOneLabel() {
        assertThat(hosts("*.a.example").match("b.a.example")).isEqualTo(Match.WILDCARD);
        assertThat(hosts("*.a.example").match("a.example")).isEqualTo(Match.NONE);
        assertThat(hosts("*.a.example").match(".a.example")).isEqualTo(Match.NONE);
        assertThat(hosts("*.a.example").match("c.b.a.example")).isEqualTo(Match.NONE);
        assertThat(hosts("*.a.example").match("localhost")).isEqualTo(Match.NONE);
    }

    @Test
    void aNameIsStrongerThanAStar() {
        assertThat(hosts("*.a.example", "b.a.example").match("b.a.example")).isEqualTo(Match.EXACT);
    }

    @Test
    void theSameNameIsAConflictAndAStarBesideANameIsNone() {
        assertThat(hosts("a.example", "b.example").conflict(hosts("b.example"))).contains("b.example");
        assertThat(hosts("*.example").conflict(hosts("*.example"))).contains("*.example");
        assertThat(hosts("*.example").conflict(hosts("a.example"))).isEmpty();
        assertThat(hosts("a.example").conflict(hosts())).isEmpty();
        assertThat(hosts().conflict(hosts("a.example"))).isEmpty();
        assertThat(hosts().conflict(hosts())).contains("all hosts");
    }

    @Test
    void aMountIsForItsHosts() {
        Mount mount = new Mount("/", new HttpServlet() {}, Set.of("*.a.example"), null, "", false);
        assertThat(mount.isFor("b.a.example")).isTrue();
        assertThat(mount.isFor("a.example")).isFalse();
    }
}
