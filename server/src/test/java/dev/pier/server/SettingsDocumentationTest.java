package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.config.Configuration;
import dev.pier.server.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checks that docs/settings.md and conf/server.conf agree with the code.
class SettingsDocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> SECTIONS = List.of(
            "http.",
            "http.compression.",
            "https.",
            "admin.",
            "webapps.",
            "sessions.",
            "sessions.cookie.",
            "websocket.",
            "access-log.",
            "tracing.",
            "metrics.",
            "start.",
            "log.",
            "realms.<name>.users-file");

    @TempDir
    Path folder;

    @Test
    void everySettingIsDocumented() throws Exception {
        List<String> documented = Files.readAllLines(ROOT.resolve("docs/settings.md")).stream()
                .filter(line -> SECTIONS.stream().anyMatch(section -> line.startsWith("| `" + section)))
                .map(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1))
                .toList();
        List<String> read = settings("webapps.apps.shop {}\nrealms.staff.users-file = users").stream()
                .map(Setting::row)
                .toList();

        // The page groups them by how often they are needed.
        assertThat(documented).containsExactlyInAnyOrderElementsOf(read);
    }

    @Test
    void shippedConfigurationShowsEverySettingWithItsDefault() throws Exception {
        String shipped = Files.readString(ROOT.resolve("conf/server.conf"));
        String withoutComments = shipped.replaceAll("(?m)^(\\s*)# (?=[a-z-]+ = )", "$1");

        List<Setting> asShipped = settings(shipped);
        assertThat(asShipped).allSatisfy(setting -> {
            if (setting.defaultValue() != null && !setting.unit().equals("path")) {
                assertThat(setting.value()).as(setting.key()).isEqualTo(setting.defaultValue());
            }
        });

        Set<String> shown = new TreeSet<>();
        String section = "";
        Matcher lines = Pattern.compile("(?m)^(\\S+) \\{$|^\\s+([a-z-]+) = ").matcher(withoutComments);
        while (lines.find()) {
            if (lines.group(1) != null) {
                section = lines.group(1);
            } else if (SECTIONS.contains(section + ".")) {
                shown.add(section + "." + lines.group(2));
            }
        }
        assertThat(shown)
                .isEqualTo(settings("").stream().map(Setting::key).collect(Collectors.toCollection(TreeSet::new)));
    }

    private List<Setting> settings(String text) throws Exception {
        Configuration configuration = Configuration.parse(text, folder);
        ServerSettings.read(configuration, List.of(), _ -> Optional.empty());
        return configuration.settings();
    }
}
