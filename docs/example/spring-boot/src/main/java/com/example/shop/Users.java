package com.example.shop;

import dev.pier.erlang.Peer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
class Users {
    record User(String name, int age) {}

    private final Peer backend;

    Users(@Qualifier("backend") Peer backend) {
        this.backend = backend;
    }

    @GetMapping("/users/{id}")
    User find(@PathVariable String id) {
        return backend.call("users", "find", id).ok().as(User.class); // users:find(<<"joe">>)
    }
}
