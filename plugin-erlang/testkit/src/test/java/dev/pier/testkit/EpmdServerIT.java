package dev.pier.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import org.junit.jupiter.api.Test;

/// The EPMD in Java, as real Erlang nodes see it.
class EpmdServerIT {
    @Test
    void registersAndFindsRealNodes() throws Exception {
        try (EpmdServer epmd = EpmdServer.start()) {
            String port = Integer.toString(epmd.port());
            try (ErlangPeer first =
                            ErlangPeer.with().environment("ERL_EPMD_PORT", port).start();
                    ErlangPeer second = ErlangPeer.with()
                            .environment("ERL_EPMD_PORT", port)
                            .cookie(first.cookie())
                            .start()) {
                assertThat(first.eval("net_adm:ping('" + second.nodeName() + "')"))
                        .isEqualTo("pong");
                assertThat(first.eval("lists:sort([N || {N, _} <- element(2, net_adm:names())])"))
                        .contains(alive(first))
                        .contains(alive(second));
                second.kill();
                Await.until(
                        "the name to be free",
                        () -> !first.eval("net_adm:names()").contains(alive(second)));
                assertThat(first.eval("erl_epmd:port_please(\"" + alive(second) + "\", \"localhost\")"))
                        .isEqualTo("noport");
                assertThat(first.eval("erl_epmd:port_please(\"" + alive(first) + "\", \"localhost\")"))
                        .startsWith("{port,");
            }
        }
    }

    private static String alive(ErlangPeer node) {
        return node.nodeName().replaceFirst("@.*", "");
    }
}
