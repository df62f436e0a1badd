package dev.pier.erlang.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `rpc:sbcast`, which asks the process `rex` of each node whether a name is registered.
class BroadcastIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String sbcast(String name, String message) {
        return erlang.eval("rpc:sbcast(['" + node.name() + "'], " + name + ", " + message + ")");
    }

    @Test
    void aRegisteredNameGetsTheMessage() {
        try (Mailbox mailbox = node.processes().mailbox("listener")) {
            assertThat(sbcast("listener", "{hello, [1, 2, 300]}")).isEqualTo("{[" + node.name() + "],[]}");
            assertThat(mailbox.receive(Duration.ofSeconds(20)).orElseThrow().term())
                    .hasToString("{hello,[1,2,300]}");
        }
    }

    @Test
    void aNameThatIsNotRegisteredIsToldSo() {
        assertThat(sbcast("nobody", "hello")).isEqualTo("{[],[" + node.name() + "]}");
    }

    @Test
    void eachNodeIsToldApart() {
        try (Mailbox _ = node.processes().mailbox("listener")) {
            String nodes = "[node(), '" + node.name() + "', 'nosuchnode@localhost']";
            assertThat(erlang.eval("rpc:sbcast(" + nodes + ", listener, hello)"))
                    .isEqualTo("{[" + node.name() + "],[" + erlang.nodeName() + ",nosuchnode@localhost]}");
        }
    }
}
