package dev.pier.testkit;

import dev.pier.embedded.Pier;
import dev.pier.embedded.PierBuilder;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangInstallation;
import dev.pier.erlang.testing.PeerSetup;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;

/// The Pier of one test class, with its client and its peers.
///
/// *Threads.* For the threads of the tests, one at a time.
///
/// *Lifecycle.* JUnit closes it after the last test of the class.
final class RunningPier implements AutoCloseable {
    private final Pier pier;
    private final PierClient client;
    private final Map<String, Object> peers;
    private final List<AutoCloseable> closing;

    private RunningPier(Pier pier, Map<String, Object> peers, List<AutoCloseable> closing) {
        this.pier = pier;
        this.client = new PierClient(pier.url());
        this.peers = peers;
        this.closing = closing;
    }

    static RunningPier start(Class<?> type, PierTest settings) throws Exception {
        Map<String, Class<?>> wanted = peersOf(type);
        String cookie = Names.cookie();
        Map<String, Object> peers = new TreeMap<>();
        List<AutoCloseable> closing = new ArrayList<>();
        try {
            PierBuilder builder = Pier.builder()
                    .set("http.host", "127.0.0.1")
                    .port(0)
                    .webapp(settings.path(), Path.of(settings.webapp()));
            if (!wanted.isEmpty()) {
                builder.node(Names.unique("pier"))
                        .cookie(cookie)
                        .set("erlang.listen.host", "127.0.0.1")
                        .set("erlang.epmd.port", FakeErlang.epmdPort());
            }
            for (Map.Entry<String, Class<?>> peer : wanted.entrySet()) {
                String node = peer.getValue() == FakeErlang.class
                        ? startFake(peer.getKey(), cookie, peers, closing)
                        : startReal(peer.getKey(), cookie, peers, closing);
                builder.peer(peer.getKey(), node);
                if (peer.getValue() == FakeErlang.class) {
                    // A test begins when the server is ready, and so connected to the fake nodes.
                    builder.set("erlang.peers." + peer.getKey() + ".required", "any");
                }
            }
            for (String setting : settings.settings()) {
                String[] parts = setting.split("=", 2);
                if (parts.length != 2) {
                    throw new IllegalArgumentException(
                            "@PierTest(settings): expected \"key = value\", not \"" + setting + "\"");
                }
                builder.set(parts[0].strip(), parts[1].strip());
            }
            Pier pier = builder.start();
            closing.add(pier);
            RunningPier running = new RunningPier(pier, peers, closing);
            running.followStops();
            return running;
        } catch (Throwable t) {
            closeAll(closing);
            throw t;
        }
    }

    /// The peers that parameters of the class ask for, by name.
    private static Map<String, Class<?>> peersOf(Class<?> type) {
        Map<String, Class<?>> wanted = new TreeMap<>();
        Stream<Class<?>> types =
                Stream.concat(Stream.of(type), ReflectionSupport.findNestedClasses(type, _ -> true).stream());
        types.flatMap(RunningPier::executables)
                .flatMap(executable -> Stream.of(executable.getParameters()))
                .filter(parameter -> parameter.isAnnotationPresent(ErlangPeer.class))
                .forEach(parameter -> wanted.merge(name(parameter), parameter.getType(), (first, _) -> first));
        return wanted;
    }

    private static Stream<Executable> executables(Class<?> type) {
        return Stream.concat(
                Stream.of(type.getDeclaredConstructors()),
                ReflectionSupport.findMethods(type, _ -> true, HierarchyTraversalMode.TOP_DOWN).stream());
    }

    private static String name(Parameter parameter) {
        return parameter.getAnnotation(ErlangPeer.class).value();
    }

    private static String startFake(
            String name, String cookie, Map<String, Object> peers, List<AutoCloseable> closing) {
        FakeErlang fake = new FakeErlang(Names.unique(name), cookie);
        closing.add(fake);
        peers.put(name, fake);
        return fake.nodeName();
    }

    private static String startReal(
            String name, String cookie, Map<String, Object> peers, List<AutoCloseable> closing) {
        try {
            ErlangInstallation _ = ErlangInstallation.find();
        } catch (IllegalStateException e) {
            if ("required".equals(System.getProperty("pier.test.erlang"))) {
                throw e;
            }
            throw new TestAbortedException(e.getMessage(), e);
        }
        PeerSetup setup = dev.pier.erlang.testing.ErlangPeer.with()
                .prefix(name)
                .cookie(cookie)
                .environment("ERL_EPMD_PORT", Integer.toString(FakeErlang.epmdPort()));
        dev.pier.erlang.testing.ErlangPeer node = setup.start();
        closing.add(node);
        peers.put(name, new RealErlang(node));
        return node.nodeName();
    }

    /// Lets the stop of a fake node wait until Pier has noticed it. A call right after the stop could otherwise still
    /// be
    /// sent, and be lost.
    private void followStops() {
        peers.forEach((name, peer) -> {
            if (peer instanceof FakeErlang fake) {
                fake.afterStop(() -> Await.until(
                        "Pier to notice the stop of " + name, () -> !client.isConnected(pier.adminUrl(), name)));
            }
        });
    }

    /// Forgets what the test before has set up, and waits until all nodes are connected again.
    void beforeTest() {
        for (Object peer : peers.values()) {
            if (peer instanceof FakeErlang fake) {
                fake.reset();
            }
        }
        client.forgetCookies();
        Await.until("Pier to be connected to its fake peers", () -> client.isReady(pier.adminUrl()));
    }

    Pier pier() {
        return pier;
    }

    PierClient client() {
        return client;
    }

    /// @throws IllegalArgumentException if no parameter names the peer
    Object peer(String name) {
        Object peer = peers.get(name);
        if (peer == null) {
            throw new IllegalArgumentException("no peer '" + name + "'; there are " + peers.keySet());
        }
        return peer;
    }

    @Override
    public void close() {
        closeAll(closing);
    }

    /// Closes the last one first. Goes on after one that fails.
    private static void closeAll(List<AutoCloseable> all) {
        List<Exception> failures = new ArrayList<>();
        for (AutoCloseable it : all.reversed()) {
            try {
                it.close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            IllegalStateException failure =
                    new IllegalStateException("the Pier of the test did not stop in order", failures.getFirst());
            failures.stream().skip(1).forEach(failure::addSuppressed);
            throw failure;
        }
    }
}
