package dev.pier.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/// What the developer sees when the node cannot start.
@ExtendWith(OutputCaptureExtension.class)
class ErlangStartFailureTest {
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ErlangAutoConfiguration.class)
    static class Application {}

    private static void assertFails(String... arguments) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        assertThatThrownBy(() -> application.run(arguments).close()).isInstanceOf(Exception.class);
    }

    @Test
    void aMissingNameIsASentenceInsteadOfAStackTrace(CapturedOutput output) {
        assertFails();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("pier.erlang.node: is missing: this application's node name, such as web@localhost")
                .contains("Correct the property pier.erlang.node.")
                .doesNotContain("\tat ");
    }

    @Test
    void aValueHasItsPlace(CapturedOutput output) {
        assertFails("--pier.erlang.node=shop@localhost", "--pier.erlang.limits.calls=0");
        assertThat(output)
                .contains(
                        "pier.erlang.limits.calls: 0 is out of bounds; expected 1 to 1000000 (\"pier.erlang.limits.calls\""
                                + " from property source \"commandLineArgs\")");
    }

    @Test
    void connectionsThatMustBeWithinTlsNeedACertificate(CapturedOutput output) {
        String[] node = {"--pier.erlang.node=shop@localhost", "--pier.erlang.cookie=secret"};
        assertFails(node[0], node[1], "--pier.erlang.listen.tls=required");
        assertThat(output).contains("pier.erlang.listen.tls: is required, and pier.erlang.tls has no certificate");
        assertFails(node[0], node[1], "--pier.erlang.peers.b.node=b@localhost", "--pier.erlang.peers.b.tls=required");
        assertThat(output).contains("peer 'b' requires TLS, and the node has none");
    }

    @Test
    void aCookieThatCannotBeReadIsNamed(CapturedOutput output) {
        assertFails("--pier.erlang.node=shop@localhost", "--pier.erlang.cookie-file=/no/such/cookie");
        assertThat(output)
                .contains("the Erlang node shop@localhost does not start: cookie file /no/such/cookie does not exist")
                .contains("Correct the cause, or set pier.erlang.enabled=false.");
    }
}
