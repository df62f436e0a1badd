package @{new.package};

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.testkit.ErlangPeer;
import dev.pier.testkit.FakeErlang;
import dev.pier.testkit.PierClient;
import dev.pier.testkit.PierResponse;
import dev.pier.testkit.PierTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The application in a Pier of its own, with an Erlang node whose answers the tests define.
@PierTest(webapp = "@{new.webapp}")
class UsersTest {
    @Test
    void findsAUser(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.when("@{new.module}", "find", "joe").returns(Map.of("name", "Joe Armstrong"));

        PierResponse response = client.get("/users?id=joe");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.json().at("/name").asString()).isEqualTo("Joe Armstrong");
    }

    @Test
    void answers404ForAnUnknownUser(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.whenAny("@{new.module}", "find").returns(null);

        assertThat(client.get("/users?id=ann").status()).isEqualTo(404);
    }

    @Test
    void answers502WhenErlangFails(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.whenAny("@{new.module}", "find").fails("no_database");

        assertThat(client.get("/users?id=joe").status()).isEqualTo(502);
    }

    @Test
    void answers503WithoutErlang(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.stop();

        assertThat(client.get("/users?id=joe").status()).isEqualTo(503);
    }
}
