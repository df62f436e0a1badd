package dev.pier.erlang.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.FixedPortLocator;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.Cookies;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.link.BulkLanes;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.TcpDialer;
import dev.pier.erlang.transport.SocketSecurity;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkTableTest {
    private static final NodeName US = NodeName.parse("pier@localhost");
    private static final NodeName BACKEND = NodeName.parse("backend@localhost");

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LinkTable links = new LinkTable(name -> link(name, false));

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private PeerLink link(NodeName name, boolean persistent) {
        TcpDialer unused = new TcpDialer(
                US,
                Identity.of(US, 7, DistFlags.OURS),
                new Cookies(Cookie.of("secret")),
                LinkSettings.DEFAULT,
                new FixedPortLocator(1),
                SocketSecurity.PLAIN,
                (_, _, _) -> {
                    throw new IOException();
                });
        return new PeerLink(name, US.atom(), persistent, unused, timer, BulkLanes.NONE);
    }

    private void fill() {
        for (int i = 0; i < LinkTable.MAX_LINKS + 500; i++) {
            links.of(NodeName.parse("once" + i + "@localhost"));
        }
    }

    @Test
    void aNameHasOneLink() {
        assertThat(links.find(BACKEND)).isEmpty();
        PeerLink link = links.of(BACKEND);
        assertThat(links.of(BACKEND)).isSameAs(link);
        assertThat(links.find(BACKEND)).containsSame(link);
        assertThat(links.all()).containsExactly(link);
    }

    @Test
    void aLinkThatIsHeldIsNeverReplacedByASecondOne() {
        PeerLink held = links.of(BACKEND);
        fill();
        System.gc();
        assertThat(links.find(BACKEND)).containsSame(held);
        assertThat(links.of(BACKEND)).isSameAs(held);
    }

    @Test
    void aConfiguredPeerStays() {
        links.of(BACKEND, name -> link(name, true));
        fill();
        System.gc();
        assertThat(links.find(BACKEND)).get().extracting(PeerLink::isPersistent).isEqualTo(true);
    }
}
