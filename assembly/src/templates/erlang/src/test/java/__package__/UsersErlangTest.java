package @{new.package};

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.testkit.ErlangPeer;
import dev.pier.testkit.PierClient;
import dev.pier.testkit.PierResponse;
import dev.pier.testkit.PierTest;
import dev.pier.testkit.RealErlang;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The application with a real Erlang node and its module. Skipped where there is no `erl`.
@PierTest(webapp = "@{new.webapp}")
class UsersErlangTest {
    @Test
    void findsAUser(PierClient client, @ErlangPeer("backend") RealErlang backend) {
        backend.compile(Path.of("erlang/users.erl"));

        PierResponse joe = client.get("/users?id=joe");
        assertThat(joe.status()).isEqualTo(200);
        assertThat(joe.json().at("/made/0").asString()).isEqualTo("Erlang");
        assertThat(client.get("/users?id=ann").status()).isEqualTo(404);
    }
}
