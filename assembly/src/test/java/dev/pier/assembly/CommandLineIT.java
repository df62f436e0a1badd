package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.EpmdProcess;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `bin/pier` on the command line: configurations that it refuses, and how it stops.
class CommandLineIT {
    private static final int CONFIGURATION_ERROR = 78;
    private static final int START_ERROR = 1;
    private static final String COOKIE = "anoperatorscookie";

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.with().cookie(COOKIE).start();

    @TempDir
    Path home;

    private Path cookie;

    @BeforeEach
    void writeCookie() throws Exception {
        cookie = Files.writeString(home.resolve("cookie"), COOKIE);
        permissions(cookie, "rw-------");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            erlang.nod = "a@localhost"                          | erlang.nod                    | node
            erlang.peers.b { node = "b@localhost", requird = 1 }| erlang.peers.b.requird        | required
            http.port = 65536                                   | http.port                     | 65535
            http.port = many                                    | http.port                     | number
            erlang.net-ticktime = 60                            | erlang.net-ticktime           | a duration with a unit
            erlang.limits.queue = 64                            | erlang.limits.queue           | KiB
            erlang.net-ticktime = 1 ms                          | erlang.net-ticktime           | 1 s
            erlang.node = "nohost"                              | erlang.node                   | nohost
            erlang.node = "a@no.such.host.invalid"              | erlang.node                   | no address
            erlang.peers.b { connect = eager }                  | erlang.peers.b.node           | is missing
            erlang.peers.b { node = "b@localhost", connect = x }| erlang.peers.b.connect        | eager
            """)
    void aConfigurationErrorNamesFileLineKeyAndAllowedValues(String line, String key, String allowed) throws Exception {
        Path conf = RunningPier.writeConf(home, erlangSettings() + line + "\n");
        int number = Files.readAllLines(conf).size();
        try (PierProcess check = PierProcess.start(home, "check", "--conf", conf.toString())) {
            assertThat(check.awaitEnd()).isEqualTo(CONFIGURATION_ERROR);
            assertThat(check.output())
                    .contains(conf + ":" + number + ": " + key)
                    .contains(allowed);
        }
    }

    @Test
    void aCookieFileThatCannotBeReadIsRefusedByTheCheck() throws Exception {
        Path missing = home.resolve("no-cookie");
        Path conf = RunningPier.writeConf(home, erlangSettings().replace(cookie.toString(), missing.toString()));
        try (PierProcess check = PierProcess.start(home, "check", "--conf", conf.toString())) {
            assertThat(check.awaitEnd()).isNotZero();
            assertThat(check.output())
                    .contains("Pier cannot start: erlang: cookie file " + missing + " does not exist");
        }
        Files.writeString(missing, COOKIE);
        permissions(missing, "rw-r--r--");
        try (PierProcess check = PierProcess.start(home, "check", "--conf", conf.toString())) {
            assertThat(check.awaitEnd()).isNotZero();
            assertThat(check.output()).contains("chmod 600 " + missing).doesNotContain(COOKIE);
        }
        permissions(missing, "rw-------");
        try (PierProcess check = PierProcess.start(home, "check", "--conf", conf.toString())) {
            assertThat(check.awaitEnd()).as(check.output()).isZero();
        }
    }

    @Test
    void aCookieInAConfigurationReadableByOthersIsRefusedAndNotPrinted() throws Exception {
        Path conf = RunningPier.writeConf(
                home, erlangSettings().replace("cookie-file = \"" + cookie + "\"", "cookie = \"" + COOKIE + "\""));
        permissions(conf, "rw-r--r--");
        try (PierProcess check = PierProcess.start(home, "check", "--conf", conf.toString())) {
            assertThat(check.awaitEnd()).isEqualTo(CONFIGURATION_ERROR);
            assertThat(check.output()).contains("erlang.cookie", "chmod 600").doesNotContain(COOKIE);
        }
        permissions(conf, "rw-------");
        try (PierProcess check = PierProcess.start(home, "check", "--conf", conf.toString())) {
            assertThat(check.awaitEnd()).as(check.output()).isZero();
            assertThat(check.output()).contains("erlang.cookie").doesNotContain(COOKIE);
        }
    }

    @Test
    void aCookieFileReadableByOthersIsRefused() throws Exception {
        permissions(cookie, "rw-r--r--");
        assertStartFails("accessible by users other than its owner", "chmod 600 " + cookie);
    }

    @Test
    void anEmptyCookieFileIsRefused() throws Exception {
        Files.writeString(cookie, "\n");
        assertStartFails(cookie.toString(), "is empty");
    }

    @Test
    void aMissingCookieFileIsRefused() throws Exception {
        Files.delete(cookie);
        assertStartFails(cookie.toString(), "does not exist");
    }

    @Test
    void aNodeNameRegisteredAtEpmdByAnotherNodeIsRefused() throws Exception {
        Path conf = RunningPier.writeConf(home, erlangSettings() + "erlang.node = \"" + erlang.nodeName() + "\"\n");
        try (PierProcess run = PierProcess.start(home, "run", "--conf", conf.toString())) {
            assertThat(run.awaitEnd()).isEqualTo(START_ERROR);
            assertThat(run.output())
                    .contains(erlang.nodeName().substring(0, erlang.nodeName().indexOf('@')))
                    .doesNotContain(COOKIE)
                    .doesNotContain("\tat ");
        }
    }

    private void assertStartFails(String... output) throws Exception {
        Path conf = RunningPier.writeConf(home, erlangSettings());
        try (PierProcess run = PierProcess.start(home, "run", "--conf", conf.toString())) {
            assertThat(run.awaitEnd()).isEqualTo(START_ERROR);
            assertThat(run.output()).contains(output).doesNotContain(COOKIE).doesNotContain("\tat ");
        }
    }

    @Test
    void withoutEpmdItStartsAndRegistersOnceEpmdIsUp() throws Exception {
        try (EpmdProcess epmd = EpmdProcess.start()) {
            epmd.kill();
            String alive = TestHost.uniqueName("unregistered");
            Path conf = RunningPier.writeConf(home, """
                    erlang { node = "%s", cookie-file = "%s", epmd.port = %d }
                    """.formatted(TestHost.nodeName(alive), cookie, epmd.port()));
            try (PierProcess run = PierProcess.serving(home, conf)) {
                assertThat(run.output())
                        .contains("Registration of '" + alive + "' at EPMD failed, other nodes cannot find it");
                assertThat(run.getAdmin("/status").body()).contains("\"registeredAtEpmd\":false");

                epmd.restart();
                Await.until("the registration", () -> epmd.names().containsKey(alive));
                Await.until("the status", () -> run.getAdmin("/status").body().contains("\"registeredAtEpmd\":true"));

                epmd.restart();
                Await.until("the registration again", () -> epmd.names().containsKey(alive));
                run.terminate();
                run.awaitEnd();
                Await.until("the name to be free", () -> !epmd.names().containsKey(alive));
            }
        }
    }

    @Test
    void onSigtermARunningCallCompletesAndTheExitCodeIs143() throws Exception {
        Sample.teach(erlang);
        Path conf = RunningPier.writeConf(home, erlangSettings());
        Distribution.put(Distribution.sampleJar(), home.resolve("webapps/ROOT.jar"));
        try (PierProcess run = PierProcess.serving(home, conf)) {
            Await.value("service", () -> run.get("/hello").statusCode(), status -> status == 200);
            CompletableFuture<HttpResponse<String>> slow = run.postAsync("/call/pier_sample/sleep", "[1500]");
            Await.until(
                    "the call",
                    () -> !erlang.eval("[P || P <- processes(), {current_function, {timer, sleep, 1}} =:= "
                                    + "process_info(P, current_function)]")
                            .equals("[]"));
            assertThat(Files.readString(Path.of("/proc/" + run.pid() + "/cmdline")))
                    .doesNotContain(COOKIE);
            run.terminate();

            assertThat(Await.result("the answer", slow).statusCode()).isEqualTo(200);
            assertThat(run.awaitEnd()).isEqualTo(143);
            assertThat(run.output()).contains("stopped").doesNotContain(COOKIE).doesNotContain("\tat ");
            Await.until(
                    "the peer to see the disconnect",
                    () -> erlang.eval("nodes(hidden)").equals("[]"));
            assertThat(run.isReady()).isFalse();
        }
    }

    private String erlangSettings() {
        return RunningPier.erlangSettings(TestHost.nodeName(TestHost.uniqueName("pier")), cookie, erlang.nodeName());
    }

    private static void permissions(Path file, String rights) throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    }
}
