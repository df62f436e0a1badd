package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Calls from Erlang to the running sample.
class CalledSampleIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path home;

    @Test
    void erlangCallsTheSamplesFunctionAndItsServer() throws Exception {
        try (RunningPier pier = RunningPier.withSample(home.resolve("calls"), erlang, "")) {
            String node = "'" + pier.node() + "'";
            assertThat(erlang.eval("rpc:call(" + node + ", useless, myfunction, [1,2])"))
                    .isEqualTo("{hello,[1,2]}");
            assertThat(erlang.eval("erpc:call(" + node + ", useless, myfunction, [])"))
                    .isEqualTo("{hello,[]}");
            assertThat(erlang.eval("gen_server:call({counter, " + node + "}, next)"))
                    .isEqualTo("1");
            assertThat(erlang.eval("gen_server:call({counter, " + node + "}, next)"))
                    .isEqualTo("2");
            assertThat(erlang.eval("net_adm:ping(" + node + ")")).isEqualTo("pong");
        }
    }

    @Test
    void aRedeploymentTakesOverFunctionsAndNames() throws Exception {
        try (RunningPier pier = RunningPier.withSample(home.resolve("takes-over"), erlang, "")) {
            String next = "gen_server:call({counter, '" + pier.node() + "'}, next)";
            assertThat(erlang.eval(next)).isEqualTo("1");
            assertThat(erlang.eval(next)).isEqualTo("2");

            Path jar = pier.webapp("ROOT.jar");
            Path copy = Files.copy(jar, home.resolve("copy.jar"), StandardCopyOption.REPLACE_EXISTING);
            Files.move(copy, jar, StandardCopyOption.REPLACE_EXISTING);

            // The counter of the new version starts at 1.
            Await.value("an answer of the new version", () -> erlang.eval(next), "1"::equals);
            assertThat(erlang.eval("rpc:call('" + pier.node() + "', useless, myfunction, [])"))
                    .isEqualTo("{hello,[]}");
        }
    }
}
