package dev.pier.testkit;

import dev.pier.erlang.Arguments;
import dev.pier.erlang.ErlangFunction;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Exposure;
import dev.pier.erlang.Raised;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An Erlang node whose functions a test defines. It needs no Erlang: it is a node of Pier's own engine, and
/// its answers travel over real sockets, so codecs, timeouts and errors are those of production.
///
/// ```java
/// backend.when("users", "find", "joe").returns(Map.of("name", "Joe"));
/// backend.when("users", "find", "eve").fails(Atom.of("not_found"));
/// ```
///
/// The latest rule that matches a call answers it. A call to a function without any rule fails as an undefined
/// function does in Erlang; one whose arguments match no rule of the function fails with `function_clause`.
///
/// *Threads.* Safe for all threads.
///
/// *Lifecycle.* As a parameter of a [PierTest] it is started before Pier and has no rules at the start of each
/// test. [#start()] is for other tests; close it then.
public final class FakeErlang implements AutoCloseable {
    private static final Atom FUNCTION_CLAUSE = Atom.of("function_clause");
    private static final Atom UNDEF = Atom.of("undef");
    private static final Duration EPMD_TIMEOUT = Duration.ofSeconds(5);
    private static final EtfMapper MAPPER = new EtfMapper();

    private final String name;
    private final String cookie;
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Object lifecycle = new Object();

    /// Released when the calls that are never answered may end.
    private volatile CountDownLatch silence = new CountDownLatch(1);

    /// By module and function. Guarded by `lifecycle`.
    private final Map<String, Exposure> exposures = new HashMap<>();

    private volatile Runnable afterStop = () -> {};

    /// Null while the node is stopped. Guarded by `lifecycle`.
    private @Nullable NodeRuntime runtime;

    /// The answer of a function to certain arguments, or to all.
    private record Rule(String module, String function, Optional<List<Term>> arguments, ErlangFunction body) {
        boolean isFor(String itsModule, String itsFunction) {
            return module.equals(itsModule) && function.equals(itsFunction);
        }

        boolean matches(List<Term> given) {
            return arguments.isEmpty() || arguments.get().equals(given);
        }
    }

    FakeErlang(String name, String cookie) {
        this.name = name;
        this.cookie = cookie;
        open();
    }

    /// Starts a node with a unique name and a cookie of its own.
    public static FakeErlang start() {
        return new FakeErlang(Names.unique("fake"), Names.cookie());
    }

    private void open() {
        synchronized (lifecycle) {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            try {
                InetSocketAddress epmd =
                        new InetSocketAddress(loopback, EpmdServer.shared().port());
                runtime = ErlangNodes.builder(name)
                        .cookie(cookie)
                        .listen(new InetSocketAddress(loopback, 0))
                        .epmd(new EpmdSettings(true, epmd, EPMD_TIMEOUT))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException("the fake node " + name + " does not start", e);
            }
        }
    }

    /// The full node name.
    public String nodeName() {
        return name;
    }

    public String cookie() {
        return cookie;
    }

    /// The port of the EPMD at which the node is registered: the value for `erlang.epmd.port`.
    public static int epmdPort() {
        return EpmdServer.shared().port();
    }

    /// The node itself, to register servers, open mailboxes and send messages to the node under test. All of it
    /// ends with [#stop].
    ///
    /// @throws IllegalStateException while it is stopped
    public ErlangNode node() {
        return running();
    }

    private NodeRuntime running() {
        synchronized (lifecycle) {
            if (runtime == null) {
                throw new IllegalStateException("the fake node " + name + " is stopped");
            }
            return runtime;
        }
    }

    /// Says for which call the answer that follows is.
    ///
    /// @param arguments all arguments of the call, as [dev.pier.erlang.Peer#call] takes them; a call matches if
    ///     it has the same terms
    public Answer when(String module, String function, @Nullable Object... arguments) {
        return new Answer(
                module,
                function,
                Optional.of(Stream.of(arguments).map(FakeErlang::term).toList()));
    }

    /// As [#when], for calls with any arguments.
    public Answer whenAny(String module, String function) {
        return new Answer(module, function, Optional.empty());
    }

    /// Chooses the answer of a fake node to the calls of a rule.
    ///
    /// *Threads.* For the thread of the test.
    public final class Answer {
        private final String module;
        private final String function;
        private final Optional<List<Term>> arguments;

        private Answer(String module, String function, Optional<List<Term>> arguments) {
            this.module = module;
            this.function = function;
            this.arguments = arguments;
        }

        /// Returns a value, as an argument of [dev.pier.erlang.Peer#call] may be.
        public FakeErlang returns(@Nullable Object value) {
            return answers(_ -> value);
        }

        /// Returns rows, which [dev.pier.erlang.Peer#stream] delivers one by one.
        public FakeErlang streams(Iterable<?> rows) {
            List<Object> all = new ArrayList<>();
            rows.forEach(all::add);
            return returns(all);
        }

        /// Fails as `error(Reason)` does.
        public FakeErlang fails(Object reason) {
            Term term = term(reason);
            return answers(_ -> {
                throw Raised.error(term);
            });
        }

        /// Fails as `exit(Reason)` does.
        public FakeErlang exits(Object reason) {
            Term term = term(reason);
            return answers(_ -> {
                throw Raised.exit(term);
            });
        }

        /// Fails as `throw(Value)` does.
        public FakeErlang throwsValue(Object value) {
            Term term = term(value);
            return answers(_ -> {
                throw Raised.thrown(term);
            });
        }

        /// Fails as a function that does not exist.
        public FakeErlang undef() {
            return fails(UNDEF);
        }

        /// Gives no answer before the test ends: the caller's timeout ends the call.
        public FakeErlang neverAnswers() {
            return answers(_ -> {
                silence.await();
                throw Raised.exit(Atom.of("killed"));
            });
        }

        /// Cuts the connection, with all calls in flight on it. The node goes on, so that it can be connected
        /// again.
        public FakeErlang disconnects() {
            return answers(arguments -> {
                boolean _ = running().disconnect(arguments.caller());
                silence.await();
                throw Raised.exit(Atom.of("killed"));
            });
        }

        /// Runs code for each call, on a thread of its own.
        public FakeErlang answers(ErlangFunction body) {
            Rule rule = new Rule(module, function, arguments, body);
            synchronized (lifecycle) {
                rules.addFirst(rule);
                expose(rule);
            }
            return FakeErlang.this;
        }
    }

    /// Exposes the function of a rule, once. Guarded by `lifecycle`.
    private void expose(Rule rule) {
        NodeRuntime running = runtime;
        if (running != null) {
            exposures.computeIfAbsent(
                    rule.module() + ":" + rule.function(),
                    _ -> running.expose(rule.module(), rule.function(), arguments -> answer(rule, arguments)));
        }
    }

    private static Term term(@Nullable Object value) {
        return Term.decode(MAPPER.writeValueAsBytes(value));
    }

    private @Nullable Object answer(Rule exposed, Arguments arguments) throws Exception {
        List<Term> given = arguments.terms();
        asked.add(new Asked(exposed.module(), exposed.function(), given));
        Rule rule = rules.stream()
                .filter(it -> it.isFor(exposed.module(), exposed.function()) && it.matches(given))
                .findFirst()
                .orElseThrow(() -> Raised.error(FUNCTION_CLAUSE));
        return rule.body().call(arguments);
    }

    /// The calls since the start of the test, in the order in which they arrived. Calls to functions without a
    /// rule are not among them.
    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    /// Sets what [#stop] waits for after the node has stopped.
    void afterStop(Runnable noticed) {
        afterStop = noticed;
    }

    /// Stops the node as a crash does: its connections are cut and its name is free. In a [PierTest], returns once
    /// Pier has noticed it: the next call of the application fails with `NotConnected`.
    public void stop() {
        close();
        afterStop.run();
    }

    /// Starts a stopped node again, with the same name and rules.
    public void restart() {
        synchronized (lifecycle) {
            if (runtime == null) {
                silence = new CountDownLatch(1);
                open();
                rules.forEach(this::expose);
            }
        }
    }

    /// Forgets all rules and calls, ends calls that are not answered, and starts the node if it is stopped.
    public void reset() {
        synchronized (lifecycle) {
            silence.countDown();
            silence = new CountDownLatch(1);
            exposures.values().forEach(Exposure::close);
            exposures.clear();
            rules.clear();
            asked.clear();
            restart();
        }
    }

    /// Stops the node, unless it is stopped.
    @Override
    public void close() {
        synchronized (lifecycle) {
            NodeRuntime last = runtime;
            if (last != null) {
                runtime = null;
                // Otherwise the callers would see how the processes of the node end.
                last.connectedNodes().forEach(last::disconnect);
                silence.countDown();
                last.close();
                exposures.clear();
            }
        }
    }
}
