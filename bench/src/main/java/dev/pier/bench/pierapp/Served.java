package dev.pier.bench.pierapp;

import dev.pier.erlang.ErlangNode;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/// `bench:echo/1` of this node, for Erlang to call.
@WebListener
public final class Served implements ServletContextListener {
    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        node.expose("bench", "echo", 1, arguments -> arguments.term(0));
    }
}
