package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Term;
import dev.pier.testkit.FakeErlang;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class UsersTest {
    @TestConfiguration
    static class Fakes {
        @Bean
        FakeErlang backend() { // the peer of this name
            return FakeErlang.start();
        }
    }

    @Autowired
    FakeErlang backend;

    @LocalServerPort
    int port;

    @Test
    void aUserIsFound() {
        backend.when("users", "find", "joe")
                .returns(Term.parse("{ok, #{name => <<\"Joe Armstrong\">>, age => 68}}"));

        Users.User joe = RestClient.create("http://localhost:" + port)
                .get()
                .uri("/users/joe")
                .retrieve()
                .body(Users.User.class);

        assertThat(joe).isEqualTo(new Users.User("Joe Armstrong", 68));
    }
}
