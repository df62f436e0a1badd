package dev.pier.assembly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The AOT cache: `bin/pier aot`, a server that creates it, and the start with it.
class AotCacheIT {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void copyDistribution() throws Exception {
        home = Distribution.copyTo(folder.resolve("pier"));
    }

    @Test
    void theCacheIsUsedUntilAJarChanges() throws Exception {
        // The build has created it for all tests.
        assertThat(pier("version", "-Xlog:aot")).contains("Opened AOT cache");

        Path added = Files.createDirectory(home.resolve("lib/ext")).resolve("added.jar");
        Files.copy(Distribution.sampleJar(), added);
        assertThat(pier("version", "-Xlog:aot"))
                .contains("was created for another Java or other jars")
                .doesNotContain("Opened AOT cache");
        Files.delete(added);
        assertThat(pier("version", "-Xlog:aot")).contains("Opened AOT cache");

        Files.setLastModifiedTime(jar(), FileTime.from(Instant.EPOCH));
        assertThat(pier("version", "-Xlog:aot"))
                .contains("was created for another Java or other jars")
                .doesNotContain("Opened AOT cache")
                .doesNotContain("[error]");
    }

    @Test
    void itHasTheClassesOfACall() throws Exception {
        try (ErlangPeer erlang = ErlangPeer.start()) {
            String loaded = pier(
                    List.of(),
                    Map.of("PIER_JAVA_OPTS", "-Xlog:class+load", "ERL_EPMD_PORT", String.valueOf(TestEpmd.port())),
                    "call",
                    "--node",
                    TestHost.nodeName(TestHost.uniqueName("tool")),
                    "--cookie-file",
                    erlang.cookieFile().toString(),
                    erlang.nodeName(),
                    "lists:reverse([1,2,3])");
            assertThat(loaded.lines()
                            .filter(line -> line.contains("dev.pier.erlang.call.") && line.contains("source: file:")))
                    .isEmpty();
            assertThat(loaded).contains("dev.pier.erlang.call.PendingCall", "[3,2,1]");
        }
    }

    @Test
    void aServerWithoutACacheCreatesIt() throws Exception {
        deleteCache();
        Path conf = Files.writeString(folder.resolve("server.conf"), """
                http.port = 0
                admin.port = 0
                """);
        try (PierProcess server = PierProcess.serving(
                home.resolve("bin/pier"), folder, conf, Map.of("PIER_JAVA_OPTS", "-Dpier.aot.delay=0"))) {
            Await.until(
                    "the cache",
                    PierProcess.START_TIMEOUT,
                    () -> server.output().contains("Created "));
            assertThat(server.output()).contains("lib/pier.aot, ", " MB: the next start takes about half the time");
        }

        assertThat(pier("version", "-Xlog:aot")).contains("Opened AOT cache");
    }

    @Test
    void withoutAWritableFolderOfTheJarsItIsInTheFolderForCaches() throws Exception {
        deleteCache();
        Path cache = Files.createDirectory(folder.resolve("cache"));
        String readOnly = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
        List<String> prefix = List.of(
                "unshare", "--mount", "sh", "-c", readOnly, home.resolve("lib").toString());

        assertThat(pier(prefix, Map.of("PIER_CACHE", cache.toString()), "aot"))
                .contains("Created " + cache.resolve("pier.aot"));

        assertThat(home.resolve("lib/pier.aot")).doesNotExist();
        assertThat(pier(List.of(), Map.of("PIER_CACHE", cache.toString(), "PIER_JAVA_OPTS", "-Xlog:aot"), "version"))
                .contains("Opened AOT cache " + cache.resolve("pier.aot"));
        // Root does not run that of another user.
        output(new ProcessBuilder("chown", "nobody", cache.resolve("pier.aot").toString()).start());
        assertThat(pier(List.of(), Map.of("PIER_CACHE", cache.toString(), "PIER_JAVA_OPTS", "-Xlog:aot"), "version"))
                .doesNotContain("Opened AOT cache");
    }

    @Test
    void serversDoNotRepeatAFailureWithTheSameJars() throws Exception {
        deleteCache();
        Map<String, String> broken = Map.of("JAVA_TOOL_OPTIONS", "-XX:+NoSuchOption");
        Process creation = start(List.of(), broken, "aot");
        assertThat(output(creation)).contains("NoSuchOption");
        assertThat(creation.exitValue()).isNotZero();

        Map<String, String> properties = Map.of("PIER_JAVA_OPTS", "-XshowSettings:properties");
        assertThat(pier(List.of(), properties, "run", "--help")).doesNotContain("pier.aot.command");
        Files.setLastModifiedTime(jar(), FileTime.from(Instant.EPOCH));
        assertThat(pier(List.of(), properties, "run", "--help")).contains("pier.aot.command");
    }

    private void deleteCache() throws IOException {
        Files.delete(home.resolve("lib/pier.aot"));
        Files.delete(home.resolve("lib/pier.aot.for"));
    }

    private Path jar() throws IOException {
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            return jars.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// Runs `bin/pier` to its successful end and returns its output.
    private String pier(String command, String... options) throws IOException, InterruptedException {
        return pier(List.of(), Map.of("PIER_JAVA_OPTS", String.join(" ", options)), command);
    }

    private String pier(List<String> prefix, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        Process process = start(prefix, environment, arguments);
        String output = output(process);
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private Process start(List<String> prefix, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> line = new ArrayList<>(prefix);
        line.add(home.resolve("bin/pier").toString());
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /// The output of a process, at its end.
    private static String output(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }
}
