package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.ErlangPeer;
import java.io.InputStream;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The stop of a Pier, and the replacement of an application, while the sample is open in a browser: a stream
/// of events and a socket.
class StopWithOpenPageIT {
    @RegisterExtension
    final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    Path home;

    private static InputStream events(RunningPier pier) throws Exception {
        return pier.client()
                .send(
                        HttpRequest.newBuilder(pier.at("/events"))
                                .version(Version.HTTP_1_1)
                                .build(),
                        BodyHandlers.ofInputStream())
                .body();
    }

    private static OpenSocket loggedOn(RunningPier pier) throws Exception {
        OpenSocket messenger = OpenSocket.of(pier, "/messenger");
        messenger.send("{\"logon\":\"joe\"}");
        messenger.await("logged_on");
        return messenger;
    }

    @Test
    void anOpenPageLeavesAReplacedVersion() throws Exception {
        // The stream has no other end: a test does not wait that long.
        try (RunningPier pier = RunningPier.withSample(home, erlang, "webapps.drain-timeout = 1 hour\n")) {
            Sample.start(erlang);
            try (InputStream events = events(pier);
                    OpenSocket messenger = loggedOn(pier)) {
                pier.deploySample();

                messenger.awaitClosed(1012);
                assertThat(new String(events.readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith(":\n");
            }
        }
    }

    @Test
    void anOpenPageDoesNotHoldUpTheStop() throws Exception {
        try (RunningPier pier = RunningPier.withSample(home, erlang, "")) {
            Sample.start(erlang);
            try (InputStream events = events(pier);
                    OpenSocket messenger = loggedOn(pier)) {
                long began = System.nanoTime();
                pier.server().stop();
                Duration took = Duration.ofNanos(System.nanoTime() - began);

                System.out.println("StopWithOpenPageIT: the stop took " + took.toMillis() + " ms");
                messenger.awaitClosed(1001);
                // The response is complete, so reading it to its end does not throw.
                assertThat(new String(events.readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith(":\n");
                // Far less than http.shutdown-timeout, 30 s.
                assertThat(took).isLessThan(Duration.ofSeconds(10));
            }
        }
    }
}
