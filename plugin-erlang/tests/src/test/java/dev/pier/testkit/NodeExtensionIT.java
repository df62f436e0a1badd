package dev.pier.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.ErlangPeer;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeExtensionIT {
    @RegisterExtension
    @Order(1)
    static final ErlangPeer backend = ErlangPeer.start();

    @RegisterExtension
    @Order(2)
    static final NodeExtension erlang = NodeExtension.create().peer("backend", backend);

    @Test
    void callsARealNode() {
        assertThat(erlang.peer("backend")
                        .call("lists", "reverse", List.of(1, 2, 3))
                        .as(int[].class))
                .containsExactly(3, 2, 1);
    }

    @Test
    void isCalledByARealNode() {
        erlang.node().expose("java", "twice", 1, arguments -> 2 * arguments.as(0, Integer.class));
        assertThat(backend.eval("rpc:call('" + erlang.node().name() + "', java, twice, [21])"))
                .isEqualTo("42");
    }
}
