package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.Counter.Answer;
import dev.pier.assembly.Counter.Browser;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two Piers with their sessions in Mnesia on two Erlang nodes. Each Pier is connected to one node.
class MnesiaSessionsIT {
    private static final int CLIENTS = 16;
    private static final String COOKIE = "sessions";

    @TempDir
    Path home;

    private final List<ErlangPeer> nodes = new ArrayList<>();
    private final List<RunningPier> piers = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 2; i++) {
            ErlangPeer node = ErlangPeer.with().cookie(COOKIE).start();
            nodes.add(node);
            node.compile(Files.readString(Distribution.home().resolve("erlang/src/pier_sessions.erl")));
            node.eval("ok = application:start(mnesia)");
        }
        String names = "['" + nodes.get(0).nodeName() + "', '" + nodes.get(1).nodeName() + "']";
        assertThat(nodes.get(0).eval("pier_sessions:setup(" + names + ", #{})")).isEqualTo("ok");
        assertThat(nodes.get(1).eval("pier_sessions:setup(" + names + ", #{})")).isEqualTo("ok");
        for (int i = 0; i < 2; i++) {
            RunningPier pier =
                    RunningPier.in(home.resolve("pier" + i), nodes.get(i), "sessions.store = erlang/backend");
            piers.add(pier);
            Counter.deploy(pier, "v0");
            pier.start();
        }
    }

    @AfterEach
    void stop() {
        piers.forEach(RunningPier::close);
        nodes.forEach(ErlangPeer::close);
    }

    @Test
    void noCountGoesBackWhileBothPiersAreRedeployed() throws Exception {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        AtomicInteger requests = new AtomicInteger();
        AtomicBoolean ending = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (Browser browser = new Browser()) {
                    for (int count = 1; !ending.get() && wrong.isEmpty(); count++) {
                        Answer answer = browser.get(piers.get(count % 2).at("/"));
                        requests.incrementAndGet();
                        if (answer.count() != count) {
                            wrong.add(answer + " instead of " + count);
                        }
                    }
                } catch (IOException | InterruptedException e) {
                    wrong.add(e.toString());
                }
            }));
        }
        for (int version = 1; version <= 5; version++) {
            for (RunningPier pier : piers) {
                String text = "v" + version;
                Counter.deploy(pier, text);
                Await.until(
                        "version " + text, () -> pier.get("/app/count").body().endsWith(text));
                int before = requests.get();
                Await.until("requests", () -> requests.get() > before + 10 * CLIENTS || !wrong.isEmpty());
            }
        }
        ending.set(true);
        Await.until("the end of the clients", () -> threads.stream().noneMatch(Thread::isAlive));
        assertThat(wrong).isEmpty();
    }

    @Test
    void sessionsOutliveAPierAndANode() throws Exception {
        try (Browser browser = new Browser()) {
            for (int count = 1; count <= 4; count++) {
                assertThat(browser.get(piers.get(count % 2).at("/")).count()).isEqualTo(count);
            }
            piers.get(1).close();
            assertThat(browser.get(piers.get(0).at("/")).count()).isEqualTo(5);

            RunningPier again = RunningPier.in(home.resolve("again"), nodes.get(1), "sessions.store = erlang/backend");
            piers.set(1, again);
            Counter.deploy(again, "v1");
            again.start();
            nodes.get(0).kill();
            assertThat(browser.get(again.at("/")).count()).isEqualTo(6);
            assertThat(nodes.get(1).eval("pier_sessions:count()")).isEqualTo("1");
        }
    }

    @Test
    void expiredSessionsAreRemovedInErlang() throws Exception {
        try (Browser browser = new Browser()) {
            assertThat(browser.get(piers.get(0).at("/")).count()).isEqualTo(1);
            assertThat(nodes.get(1).eval("pier_sessions:sweep(erlang:system_time(millisecond))"))
                    .isEqualTo("0");
            assertThat(nodes.get(1).eval("pier_sessions:sweep(erlang:system_time(millisecond) + 60 * 60000)"))
                    .isEqualTo("1");
            assertThat(nodes.get(0).eval("pier_sessions:count()")).isEqualTo("0");
            assertThat(browser.get(piers.get(0).at("/")).count()).isEqualTo(1);
        }
    }

    @Test
    void withMajorityANodeThatHasLostTheOthersRefusesSessions() throws Exception {
        assertThat(nodes.get(0).eval("mnesia:delete_table(pier_sessions)")).isEqualTo("{atomic,ok}");
        String setup = "pier_sessions:setup(['" + nodes.get(0).nodeName() + "', '"
                + nodes.get(1).nodeName() + "'], #{majority => true})";
        assertThat(nodes.get(0).eval(setup)).isEqualTo("ok");
        assertThat(nodes.get(1).eval(setup)).isEqualTo("ok");
        try (Browser browser = new Browser();
                Browser other = new Browser()) {
            for (int count = 1; count <= 5; count++) {
                assertThat(browser.get(piers.get(count % 2).at("/")).count()).isEqualTo(count);
            }
            nodes.get(0).kill();
            for (String call : List.of("find(<<>>, <<>>, -1)", "touch(<<>>, <<>>, 0)", "delete(<<>>, <<>>)")) {
                Await.until(
                        "the refusal of " + call,
                        () -> nodes.get(1).eval("catch pier_sessions:" + call).contains("{aborted,no_majority}"));
            }
            // A new session needs the store; a known one is used from memory for sessions.stale-time.
            Answer refused = other.get(piers.get(1).at("/"));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).contains("no_majority");
            assertThat(browser.get(piers.get(1).at("/")).count()).isEqualTo(6);
        }
    }

    @Test
    void aNodeWithoutTheModuleIsReported() throws Exception {
        try (ErlangPeer bare = ErlangPeer.start();
                RunningPier pier = RunningPier.in(home.resolve("bare"), bare, "sessions.store = erlang/backend")) {
            Counter.deploy(pier, "v0");
            pier.start();
            HttpResponse<String> response = pier.get("/app/count");
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).contains("5");
            assertThat(response.body()).contains("does not have the module pier_sessions");
        }
    }
}
