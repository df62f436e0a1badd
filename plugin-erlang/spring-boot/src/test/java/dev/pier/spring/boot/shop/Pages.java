package dev.pier.spring.boot.shop;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.JsonBody;
import dev.pier.erlang.servlet.JsonResponses;
import dev.pier.erlang.servlet.ServerEvent;
import dev.pier.erlang.servlet.StreamingResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Pages with answers of Erlang.
@RestController
class Pages {
    record User(String name, int age) {}

    private final Peer backend;
    private final ErlangNode node;

    Pages(@Qualifier("backend") Peer backend, ErlangNode node) {
        this.backend = backend;
        this.node = node;
    }

    @GetMapping("/users/{id}")
    User user(@PathVariable String id) {
        return backend.call("shop", "user", id).ok().as(User.class);
    }

    @GetMapping("/later")
    CompletableFuture<Map<String, String>> later(@RequestParam String function) {
        return backend.callAsync("shop", function).thenApply(reply -> Map.of("answer", reply.as(String.class)));
    }

    @GetMapping("/slow")
    String slow(@RequestParam String function) {
        return backend.call("shop", function).as(String.class);
    }

    @GetMapping("/begun")
    void begun(HttpServletResponse response) throws IOException {
        response.getWriter().write("the beginning");
        response.flushBuffer();
        backend.call("shop", "no_such_function");
    }

    @PostMapping("/echo")
    void echo(HttpServletRequest request, HttpServletResponse response) throws IOException {
        JsonResponses.write(backend.call("shop", "echo", JsonBody.of(request)), response);
    }

    /// Each message to the process `events` is an event, without an end.
    @GetMapping("/events")
    void events(HttpServletResponse response) throws IOException {
        try (Mailbox events = node.mailbox("events")) {
            StreamingResponse.to(response).events(events, message -> Optional.of(ServerEvent.of(message)));
        }
    }
}
