package dev.pier.bench.pierapp;

import dev.pier.erlang.ErlangNode;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/// Exposes `bench:echo/1` to Erlang.
@WebListener
public final class Served implements ServletContextListener {
    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        node.expose("bench", "echo", 1, arguments -> arguments.term(0));
    }
}
