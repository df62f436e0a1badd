package dev.pier.server;

import dev.pier.server.config.Section;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.ServerPlugin;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A plugin named `test` that runs a test's code at its start, and records the calls it gets.
class TestPlugin implements ServerPlugin {
    interface Start {
        void start(PluginContext context) throws Exception;
    }

    private final Start start;
    private final List<String> sessionStores;
    private final List<String> calls = new CopyOnWriteArrayList<>();

    /// @param sessionStores the names of the session stores that `start` registers
    TestPlugin(Start start, String... sessionStores) {
        this.start = start;
        this.sessionStores = List.of(sessionStores);
    }

    List<String> calls() {
        return calls;
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public void configure(Section section) {
        calls.add("configure");
        section.string("greeting", "hello");
    }

    @Override
    public List<String> sessionStores() {
        return sessionStores;
    }

    @Override
    public void start(PluginContext context) throws Exception {
        calls.add("start");
        start.start(context);
    }

    @Override
    public void stopping() {
        calls.add("stopping");
    }

    @Override
    public void stop() {
        calls.add("stop");
    }
}
