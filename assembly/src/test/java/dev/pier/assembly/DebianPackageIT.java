package dev.pier.assembly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The content of the Debian package of this build. bin/test-deb installs it.
class DebianPackageIT {
    private static final Pattern ENTRY = Pattern.compile("(\\S+) (\\S+) +\\d+ \\S+ \\S+ \\.(/[^ ]*)(?: -> (\\S+))?");
    private static final List<String> COMMANDS = List.of("/usr/bin/pier", "/usr/share/pier/bin/pier");

    @TempDir
    private static Path folder;

    private static Path file;
    private static final Map<String, Matcher> entries = new LinkedHashMap<>();

    @BeforeAll
    static void read() throws Exception {
        file = inTarget("pier_*_all.deb");
        run("dpkg-deb", "--raw-extract", file.toString(), folder.resolve("root").toString());
        run("dpkg-deb", "--contents", file.toString()).lines().forEach(line -> {
            Matcher entry = ENTRY.matcher(line);
            assertThat(entry.matches()).as(line).isTrue();
            entries.put(entry.group(3), entry);
        });
    }

    private static Path inTarget(String name) throws IOException {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(Distribution.home().resolve(".."), name)) {
            return files.iterator().next();
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static Path unpacked(String path) {
        return folder.resolve("root" + path);
    }

    @Test
    void allBelongsToRootWithTheModesThatDebianWants() {
        assertThat(entries).hasSizeGreaterThan(100).allSatisfy((path, entry) -> {
            assertThat(entry.group(2)).isEqualTo("root/root");
            if (entry.group(4) == null) {
                assertThat(entry.group(1))
                        .isEqualTo(
                                path.endsWith("/")
                                        ? "drwxr-xr-x"
                                        : COMMANDS.contains(path) ? "-rwxr-xr-x" : "-rw-r--r--");
            }
        });
        assertThat(entries).containsKeys(COMMANDS.toArray(String[]::new));
    }

    @Test
    void theDistributionIsInItsPlaces() throws Exception {
        // Not the folder of the distribution, in which servers of other tests have written.
        List<String> expected = run(
                        "tar", "--list", "--file", inTarget("pier-*.tar.gz").toString())
                .lines()
                .map(it -> it.substring(it.indexOf('/')))
                .filter(it -> !it.endsWith("/") && !it.startsWith("/conf/") && !it.startsWith("/webapps/"))
                .map(it -> "/usr/share/pier" + it)
                .toList();
        assertThat(entries).containsKeys(expected.toArray(String[]::new));
        assertThat(entries)
                .containsKeys(
                        "/usr/lib/systemd/system/pier.service",
                        "/usr/share/doc/pier/copyright",
                        "/usr/share/pier/sample/ROOT.jar",
                        "/etc/pier/ext/",
                        "/var/lib/pier/webapps/",
                        "/var/log/pier/");
        assertThat(entries.get("/usr/share/pier/conf").group(4)).isEqualTo("/etc/pier");
        assertThat(entries.get("/usr/share/pier/lib/ext").group(4)).isEqualTo("/etc/pier/ext");
    }

    @Test
    void allFilesInEtcSurviveUpgrades() throws IOException {
        List<String> settings = entries.keySet().stream()
                .filter(path -> path.startsWith("/etc/") && !path.endsWith("/"))
                .toList();
        assertThat(Files.readAllLines(unpacked("/DEBIAN/conffiles")))
                .containsExactlyInAnyOrderElementsOf(settings)
                .contains("/etc/pier/server.conf", "/etc/default/pier");
    }

    @Test
    void theFoldersAreThoseOfDebian() throws Exception {
        Path conf = unpacked("/etc/pier/server.conf");
        assertThat(conf).content().doesNotContain("../");
        try (PierProcess check = PierProcess.start(folder, "check", "--conf", conf.toString())) {
            assertThat(check.awaitEnd()).as(check.output()).isZero();
            assertThat(check.output())
                    .contains("webapps.folder = /var/lib/pier/webapps ")
                    .contains("webapps.work = /var/lib/pier/work ")
                    .contains("admin.token-file = /var/lib/pier/admin.token ")
                    .contains("sessions.folder = /var/lib/pier/sessions ");
        }
    }

    @Test
    void theServiceRunsTheCommandOfThePackage() throws IOException {
        List<String> unit = Files.readAllLines(unpacked("/usr/lib/systemd/system/pier.service"));
        assertThat(unit)
                .contains("Type=notify", "ExecStart=/usr/bin/pier run", "User=pier", "Restart=on-failure")
                .contains("ReadWritePaths=/var/lib/pier /var/log/pier");
    }

    @Test
    void scriptsAreThoseOfThePosixShell() throws Exception {
        for (String script : List.of("/DEBIAN/postinst", "/DEBIAN/prerm", "/DEBIAN/postrm", "/usr/bin/pier")) {
            assertThat(unpacked(script)).isExecutable().content().startsWith("#!/bin/sh\n");
            run("dash", "-n", unpacked(script).toString());
        }
    }

    @Test
    void theControlFileNamesJavaAndTheVersion() throws Exception {
        assertThat(run("dpkg-deb", "--field", file.toString(), "Package", "Version", "Architecture", "Depends"))
                .contains("Package: pier\n", "Architecture: all\n", "Depends: openjdk-25-jre-headless | ")
                .containsPattern("Version: \\d+\\.\\d+\\.\\d+(~\\S+)?\n");
    }
}
