package dev.pier.erlang.conformance.epmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdEntry;
import dev.pier.erlang.epmd.EpmdException;
import dev.pier.erlang.epmd.EpmdLocator;
import dev.pier.erlang.epmd.EpmdName;
import dev.pier.erlang.epmd.EpmdRegistration;
import dev.pier.erlang.epmd.NodeType;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The EPMD client against a real EPMD.
class EpmdIT {
    private static EpmdClient client(int port) {
        return new EpmdClient(
                new InetSocketAddress(TestHost.address(), port), Duration.ofSeconds(20), Duration.ofSeconds(20));
    }

    @Test
    @Says(in = Section.EPMD, value = "A registration by ALIVE2_REQ ends when its connection closes.")
    void aRegistrationLastsUntilItIsClosed() throws Exception {
        EpmdClient epmd = client(TestEpmd.port());
        String alive = TestHost.uniqueName("pier");
        try (EpmdRegistration registration = epmd.register(alive, 4711, NodeType.HIDDEN)) {
            assertThat(registration.creation()).isGreaterThanOrEqualTo(4);
            EpmdEntry entry = epmd.lookup(TestHost.address(), alive).orElseThrow();
            assertThat(entry.alive()).isEqualTo(alive);
            assertThat(entry.port()).isEqualTo(4711);
            assertThat(entry.type()).contains(NodeType.HIDDEN);
            assertThat(entry.speaksOurVersion()).isTrue();
            assertThat(epmd.names(TestHost.address())).contains(new EpmdName(alive, 4711));

            EpmdException taken =
                    catchThrowableOfType(EpmdException.class, () -> epmd.register(alive, 4712, NodeType.HIDDEN));
            assertThat(taken).isNotNull().extracting(EpmdException::reason).isEqualTo(EpmdException.Reason.NAME_TAKEN);
        }
        Await.until("the name to be free", () -> TestEpmd.names().stream().noneMatch(alive::equals));
    }

    @Test
    @Says(in = Section.EPMD, value = "PORT_PLEASE2_REQ returns another node's distribution port.")
    void aRealNodeIsFound() throws Exception {
        try (ErlangPeer erlang = ErlangPeer.start()) {
            InetSocketAddress address =
                    new EpmdLocator(client(TestEpmd.port())).locate(NodeName.parse(erlang.nodeName()));

            assertThat(address.getAddress().isLoopbackAddress()).isTrue();
            assertThat(address.getPort()).isPositive();
        }
    }
}
