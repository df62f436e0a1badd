package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two Piers with their sessions in Mnesia on two Erlang nodes. Each Pier is connected to one node.
class MnesiaSessionsIT {
    private static final int CLIENTS = 16;
    private static final String COOKIE = "sessions";

    private static final String COUNTER = """
            import jakarta.servlet.annotation.WebServlet;
            import jakarta.servlet.http.*;
            @WebServlet("/count")
            public class Counter extends HttpServlet {
                @Override
                protected void doGet(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
                    HttpSession session = request.getSession();
                    Integer old = (Integer) session.getAttribute("count");
                    session.setAttribute("count", old == null ? 1 : old + 1);
                    response.getWriter().print(session.getAttribute("count") + " VERSION");
                }
            }
            """;

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
            deploy(pier, "v0");
            pier.start();
        }
    }

    private static void deploy(RunningPier pier, String version) {
        Distribution.compileAndPack("Counter", COUNTER.replace("VERSION", version), pier.webapp("app.jar"));
    }

    @AfterEach
    void stop() {
        piers.forEach(RunningPier::close);
        nodes.forEach(ErlangPeer::close);
    }

    /// A browser whose requests go to one Pier after the other.
    private static final class Client {
        private final List<RunningPier> piers;
        private String cookie = "";
        private int requests;
        private int count;

        Client(List<RunningPier> piers) {
            this.piers = piers;
        }

        /// Sends the next request.
        ///
        /// @return the response, if it is not the next count
        String next() {
            RunningPier pier = piers.get(requests++ % piers.size());
            HttpRequest.Builder request = HttpRequest.newBuilder(pier.at("/app/count"));
            HttpResponse<String> response = pier.send(cookie.isEmpty() ? request : request.header("Cookie", cookie));
            response.headers()
                    .firstValue("Set-Cookie")
                    .ifPresent(header -> cookie = header.substring(0, header.indexOf(';')));
            count++;
            return response.body().startsWith(count + " ")
                    ? ""
                    : response.statusCode() + " " + response.body() + " instead of " + count;
        }
    }

    @Test
    void noCountGoesBackWhileBothPiersAreRedeployed() throws Exception {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        AtomicInteger requests = new AtomicInteger();
        AtomicInteger phase = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Client client = new Client(piers);
            threads.add(Thread.ofVirtual().start(() -> {
                while (phase.get() == 0 && wrong.isEmpty()) {
                    String answer = client.next();
                    requests.incrementAndGet();
                    if (!answer.isEmpty()) {
                        wrong.add(answer);
                    }
                }
            }));
        }
        for (int version = 1; version <= 5; version++) {
            for (RunningPier pier : piers) {
                String text = "v" + version;
                deploy(pier, text);
                Await.until(
                        "version " + text, () -> pier.get("/app/count").body().endsWith(text));
                int before = requests.get();
                Await.until("requests", () -> requests.get() > before + 10 * CLIENTS || !wrong.isEmpty());
            }
        }
        phase.set(1);
        Await.until("the end of the clients", () -> threads.stream().noneMatch(Thread::isAlive));
        assertThat(wrong).isEmpty();
    }

    @Test
    void sessionsOutliveAPierAndANode() throws Exception {
        Client client = new Client(piers);
        for (int i = 0; i < 4; i++) {
            assertThat(client.next()).isEmpty();
        }
        piers.get(1).close();
        Client first = new Client(piers.subList(0, 1));
        first.cookie = client.cookie;
        first.count = client.count;
        assertThat(first.next()).isEmpty();

        RunningPier again = RunningPier.in(home.resolve("again"), nodes.get(1), "sessions.store = erlang/backend");
        piers.set(1, again);
        deploy(again, "v1");
        again.start();
        nodes.get(0).kill();
        Client second = new Client(piers.subList(1, 2));
        second.cookie = client.cookie;
        second.count = first.count;
        assertThat(second.next()).isEmpty();
        assertThat(nodes.get(1).eval("pier_sessions:count()")).isEqualTo("1");
    }

    @Test
    void expiredSessionsAreRemovedInErlang() {
        Client client = new Client(piers);
        assertThat(client.next()).isEmpty();
        assertThat(nodes.get(1).eval("pier_sessions:sweep(erlang:system_time(millisecond))"))
                .isEqualTo("0");
        assertThat(nodes.get(1).eval("pier_sessions:sweep(erlang:system_time(millisecond) + 60 * 60000)"))
                .isEqualTo("1");
        assertThat(nodes.get(0).eval("pier_sessions:count()")).isEqualTo("0");
        client.count = 0;
        assertThat(client.next()).isEmpty();
    }

    @Test
    void aNodeWithoutTheModuleIsReported() throws Exception {
        try (ErlangPeer bare = ErlangPeer.start();
                RunningPier pier = RunningPier.in(home.resolve("bare"), bare, "sessions.store = erlang/backend")) {
            deploy(pier, "v0");
            pier.start();
            HttpResponse<String> response = pier.get("/app/count");
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).contains("5");
            assertThat(response.body()).contains("does not have the module pier_sessions");
        }
    }
}
