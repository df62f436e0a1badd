package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `pier_server` of the OTP application `pier`: an Erlang application whose supervisor runs the Pier of this build.
class PierServerIT {
    private static final String APPLICATION = """
            -module(shop_app).
            -behaviour(application).
            -behaviour(supervisor).
            -export([start/2, stop/1, init/1, server/0]).

            start(_Type, Options) ->
                supervisor:start_link({local, shop_sup}, shop_app, Options).

            stop(_State) ->
                ok.

            init(Options) ->
                {ok, {#{strategy => one_for_one, intensity => 3, period => 60}, [pier_server:child_spec(Options)]}}.

            server() ->
                [{pier_server, Pid, worker, _}] = supervisor:which_children(shop_sup),
                Pid.
            """;

    /// The start and the stop of a Pier, on a slow machine.
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private Path conf = Path.of("");

    @BeforeEach
    void writeConfiguration() {
        conf = RunningPier.writeConf(folder, "");
    }

    /// A node with the application, which is not started yet.
    private ErlangPeer node() throws IOException {
        ErlangPeer node = ErlangPeer.with()
                .environment("TMPDIR", folder.toString())
                .environment("JAVA_HOME", System.getProperty("java.home", ""))
                .start();
        node.eval("logger:set_primary_config(level, info)");
        node.compile(Files.readString(Distribution.home().resolve("erlang/src/pier_server.erl")));
        node.compile(APPLICATION);
        node.eval("application:load({application, shop, [{vsn, \"1\"}, {registered, [shop_sup]},"
                + " {applications, [kernel, stdlib]}, {mod, {shop_app, " + options("") + "}}]})");
        return node;
    }

    private static void start(ErlangPeer node) {
        node.eval("ok = application:start(shop)", START_TIMEOUT);
    }

    private String options(String more) {
        return "#{home => \"%s\", conf => \"%s\", env => #{\"PIER_JAVA_OPTS\" => <<\"-Xmx256m\">>, \"PIER_LOGS\" => \"%s\"}%s}"
                .formatted(Distribution.home(), conf, folder, more);
    }

    private String startLink(ErlangPeer node, String more) {
        return node.eval("process_flag(trap_exit, true), pier_server:start_link(" + options(more) + ")", START_TIMEOUT);
    }

    private static String url(ErlangPeer node) {
        return text(node, "maps:get(admin, pier_server:info(shop_app:server()))");
    }

    private static ProcessHandle process(ErlangPeer node) {
        String pid = node.eval("maps:get(pid, pier_server:info(shop_app:server()))");
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    private static String text(ErlangPeer node, String expression) {
        return node.eval("binary_to_atom(" + expression + ")").replace("'", "");
    }

    private static int status(String url) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url + "health/ready")).build();
            return client.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    private long readyFiles() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.ready")) {
            long count = 0;
            for (Path _ : files) {
                count++;
            }
            return count;
        }
    }

    @Test
    void aSupervisorRunsPierAndStopsItInOrder() throws Exception {
        try (ErlangPeer node = node()) {
            start(node);
            assertThat(status(url(node)))
                    .as("answers as soon as its supervisor has started")
                    .isEqualTo(200);
            assertThat(node.awaitLog("is ready on")).contains(" info: ");
            ProcessHandle pier = process(node);

            // SIGKILL for Java: the supervisor starts another one.
            assertThat(pier.destroyForcibly()).isTrue();
            node.awaitLog("pier_exit,137");
            ProcessHandle next = Await.value(
                    "another Pier", START_TIMEOUT, () -> process(node), process -> process.pid() != pier.pid());
            assertThat(status(url(node))).isEqualTo(200);

            node.eval("ok = application:stop(shop)", START_TIMEOUT);
            assertThat(next.isAlive()).as("has ended before its supervisor").isFalse();
            node.awaitLog("Pier has stopped");
            assertThat(readyFiles()).isZero();
        }
    }

    @Test
    void aNodeThatIsKilledTakesItsPierWithIt() throws Exception {
        try (ErlangPeer node = node()) {
            start(node);
            ProcessHandle pier = process(node);
            node.kill();
            try {
                Await.until("the end of Pier", START_TIMEOUT, () -> !pier.isAlive());
                assertThat(readyFiles()).as("it has stopped in order").isZero();
            } finally {
                pier.destroyForcibly();
            }
        }
    }

    @Test
    void aPierThatDoesNotStartFailsTheStart() throws Exception {
        try (ErlangPeer node = node()) {
            assertThat(startLink(node, ", ready_timeout => 1")).isEqualTo("{error,{ready_timeout,1}}");
            assertThat(ProcessHandle.of(node.pid()).orElseThrow().descendants())
                    .as("Java")
                    .noneMatch(process -> process.info().command().orElse("").endsWith("java"));
            Files.writeString(conf, "http.port = none\n");
            assertThat(startLink(node, "")).isEqualTo("{error,{pier_exit,78}}");
            node.awaitLog("http.port");
            assertThat(readyFiles()).isZero();
        }
    }
}
