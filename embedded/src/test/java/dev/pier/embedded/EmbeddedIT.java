package dev.pier.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// An embedded server with a real Erlang node as its peer.
class EmbeddedIT {
    private static final int ROUNDS = 100;
    private static final int WARM_UP = 5;

    @RegisterExtension
    static final ErlangPeer backend = ErlangPeer.start();

    @TempDir
    Path folder;

    private Classes sum() throws Exception {
        return new Classes(Files.createDirectories(folder.resolve("classes")))
                .servlet("Sum", "@Resource(name = \"erlang/backend\") dev.pier.erlang.Peer backend;", """
                        dev.pier.embedded.Loaders.add(this);
                        int sum = backend.call("lists", "sum", java.util.List.of(1, 2, 3)).as(Integer.class);
                        response.getWriter().print(sum);
                        """);
    }

    private PierBuilder pier() throws Exception {
        return Pier.builder()
                .set("http.host", "127.0.0.1")
                .port(0)
                .cookieFile(backend.cookieFile())
                .set("erlang.epmd.port", TestEpmd.port())
                .peer("backend", backend.nodeName());
    }

    @Test
    void callsErlang() throws Exception {
        try (Pier pier = pier().webapp("/", sum().folder()).start()) {
            assertThat(Http.body(pier, "/sum")).isEqualTo("6");
        }
    }

    @Test
    void leavesNothingAfterAHundredStartsAndStops() throws Exception {
        Classes app = sum();
        round(app, WARM_UP);
        Set<String> threads = threads();
        int descriptors = descriptors();
        Loaders.clear();
        round(app, ROUNDS);
        assertThat(Loaders.count()).isEqualTo(ROUNDS);
        Await.until("the threads to end", () -> threads.containsAll(threads()));
        Await.until("the descriptors to be closed", () -> descriptors() <= descriptors);
        Await.until("the class loaders to be collected", () -> {
            System.gc();
            return Loaders.alive() == 0;
        });
    }

    private void round(Classes app, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            try (Pier pier = pier().webapp("/", app.folder()).start()) {
                assertThat(Http.body(pier, "/sum")).isEqualTo("6");
            }
        }
    }

    /// The names of the platform threads, without numbers.
    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(it -> it.getName().replaceAll("[0-9a-f@-]+", "#"))
                .collect(Collectors.toSet());
    }

    private static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }
}
