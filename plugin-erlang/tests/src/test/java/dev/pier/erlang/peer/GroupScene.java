package dev.pier.erlang.peer;

import dev.pier.erlang.Balance;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Peer;
import dev.pier.erlang.node.PeerBuilder;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/// Three Erlang nodes that do the same, and load on them.
final class GroupScene {
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /// `work:run/1` takes so many milliseconds times the slowness of its node.
    static final String WORK = """
            -module(work).
            -behaviour(gen_server).
            -export([run/1, slow/1, init/1, handle_call/3, handle_cast/2, serve/0, received/0]).
            run(Ms) -> timer:sleep(Ms * persistent_term:get(slowness, 1)), node().
            slow(Factor) -> persistent_term:put(slowness, Factor).
            serve() -> gen_server:start({local, work}, work, [], []).
            init([]) -> {ok, []}.
            handle_call(who, _, State) -> {reply, node(), State};
            handle_call(received, _, State) -> {reply, lists:reverse(State), State}.
            handle_cast(Message, State) -> {noreply, [Message | State]}.
            received() -> gen_server:call(work, received).
            """;

    private GroupScene() {}

    static TestNode start(String cookie, Balance balance, ErlangPeer... nodes) throws IOException {
        String[] names = List.of(nodes).stream().map(ErlangPeer::nodeName).toArray(String[]::new);
        return start(cookie, it -> it.nodes(names).balance(balance));
    }

    static TestNode start(String cookie, UnaryOperator<PeerBuilder> settings) throws IOException {
        return TestNode.start(TestNode.builder(cookie)
                .peer("backend", it -> settings.apply(it).eager().timeout(TIMEOUT)));
    }

    /// Waits until all nodes are connected.
    static Peer connected(TestNode node) {
        Peer backend = node.runtime().peer("backend");
        Await.until(
                "the connections to " + backend,
                () -> backend.nodes().stream().allMatch(status -> status.isConnected()));
        return backend;
    }

    /// A failed call.
    ///
    /// @param started when it began, in terms of [System#nanoTime()]
    record Failure(long started, ErlangException cause) {}

    /// Callers that call again and again until they are stopped.
    static final class Load implements AutoCloseable {
        final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
        final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
        private final LongAdder answered = new LongAdder();
        private final Queue<Long> durations = new ConcurrentLinkedQueue<>();
        private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
        private final CountDownLatch ended;
        private volatile boolean stopping;

        Load(Peer peer, int callers, int millis) {
            ended = new CountDownLatch(callers);
            for (int i = 0; i < callers; i++) {
                Thread.ofVirtual().start(() -> run(peer, millis));
            }
        }

        private void run(Peer peer, int millis) {
            try {
                while (!stopping) {
                    long started = System.nanoTime();
                    try {
                        String node = peer.call("work", "run", millis).as(String.class);
                        answers.computeIfAbsent(node, _ -> new LongAdder()).increment();
                        answered.increment();
                    } catch (ErlangException e) {
                        failures.add(new Failure(started, e));
                    }
                    durations.add(System.nanoTime() - started);
                }
            } catch (Throwable t) {
                surprises.add(t);
            } finally {
                ended.countDown();
            }
        }

        void awaitAnswers(long more) {
            long until = answered.sum() + more;
            Await.until(more + " more answers", Duration.ofSeconds(60), () -> answered.sum() >= until);
        }

        void awaitAnswersOf(ErlangPeer node, long more) {
            awaitAnswersOf(node.nodeName(), more);
        }

        void awaitAnswersOf(String node, long more) {
            long until = of(node) + more;
            Await.until(more + " more answers of " + node, Duration.ofSeconds(60), () -> of(node) >= until);
        }

        long of(ErlangPeer node) {
            return of(node.nodeName());
        }

        long of(String node) {
            LongAdder count = answers.get(node);
            return count == null ? 0 : count.sum();
        }

        long answered() {
            return answered.sum();
        }

        Duration longest() {
            return Duration.ofNanos(
                    durations.stream().mapToLong(Long::longValue).max().orElse(0));
        }

        /// Lets the callers end their last calls.
        @Override
        public void close() {
            stopping = true;
            Await.until("the end of all callers", Duration.ofSeconds(30), () -> ended.getCount() == 0);
            surprises.forEach(surprise -> {
                throw new AssertionError("a caller failed", surprise);
            });
        }
    }
}
