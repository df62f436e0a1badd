package dev.pier.spring.boot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Peer;
import jakarta.servlet.ServletContext;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.WebApplicationContext;

/// What the starter adds to a web application.
class ErlangWebTest {
    private static final WebApplicationContextRunner RUNNER = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    FakeErlangAutoConfiguration.class,
                    ErlangAutoConfiguration.class,
                    ErlangWebAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    HttpMessageConvertersAutoConfiguration.class,
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class))
            .withPropertyValues("pier.erlang.node=shop@localhost", "pier.erlang.peers.backend.node=backend@localhost")
            .withUserConfiguration(FakePeers.class);

    @RestController
    static class Failing {
        @GetMapping("/away")
        String away() {
            throw new NotConnected("backend@localhost is not connected");
        }

        @GetMapping("/late")
        String late() {
            throw new IllegalStateException(new CallTimeout("no answer"));
        }
    }

    private static MockHttpServletResponse get(AssertableWebApplicationContext context, String path) throws Exception {
        WebApplicationContext source = requireNonNull(context.getSourceApplicationContext());
        return MockMvcBuilders.webAppContextSetup(source)
                .build()
                .perform(MockMvcRequestBuilders.get(path))
                .andReturn()
                .getResponse();
    }

    @Test
    void anExceptionBecomesAProblemDetail() {
        RUNNER.withBean(Failing.class).run(context -> {
            MockHttpServletResponse response = get(context, "/away");
            assertThat(response.getStatus()).isEqualTo(503);
            assertThat(response.getContentType()).isEqualTo("application/problem+json");
            assertThat(response.getHeader("Retry-After")).isEqualTo("5");
            assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
            assertThat(response.getContentAsString())
                    .contains("\"title\":\"Service Unavailable\"", "\"detail\":\"The Erlang node is not connected.\"")
                    .doesNotContain("backend@localhost");
            assertThat(get(context, "/late").getStatus())
                    .as("the cause of another exception")
                    .isEqualTo(504);
        });
    }

    @RestControllerAdvice
    static class Own {
        @ExceptionHandler
        ResponseEntity<String> handle(ErlangException e) {
            return ResponseEntity.status(418).body("mine");
        }
    }

    @Test
    void aHandlerOfTheApplicationComesFirst() {
        RUNNER.withBean(Failing.class)
                .withBean(Own.class)
                .run(context -> assertThat(get(context, "/away").getStatus()).isEqualTo(418));
    }

    @Test
    void theServletContextHasTheNodeAndItsPeers() {
        RUNNER.run(context -> {
            ServletContext servlets = requireNonNull(
                    requireNonNull(context.getSourceApplicationContext()).getServletContext());
            assertThat(servlets.getAttribute("erlang/node")).isSameAs(context.getBean(ErlangNode.class));
            assertThat(((Peer) servlets.getAttribute("erlang/backend")).name()).isEqualTo("backend");
        });
    }

    @Test
    void answersCanBeDisabled() {
        RUNNER.withPropertyValues("pier.erlang.errors.enabled=false")
                .run(context -> assertThat(context)
                        .hasBean("erlangServletContext")
                        .doesNotHaveBean("erlangErrors")
                        .doesNotHaveBean(ErlangExceptionAdvice.class));
    }

    @Test
    void aStatusThatIsNoErrorStopsTheStart() {
        RUNNER.withPropertyValues("pier.erlang.errors.statuses.not_found=200")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage(
                                "pier.erlang.errors.statuses.not_found: 200 is out of bounds; expected 400 to 599"));
    }
}
