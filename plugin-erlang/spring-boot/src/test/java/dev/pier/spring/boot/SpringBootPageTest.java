package dev.pier.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The page docs/spring-boot.md agrees with the example, the properties and their metadata.
class SpringBootPageTest {
    private static final Path DOCS = Path.of(System.getProperty("basedir", "")).resolve("../../docs");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| (?:`([^`]+)`)? *\\| (.+) \\|$");
    private static final Pattern UPPER_CASE = Pattern.compile("[A-Z]");

    private static String page() throws IOException {
        return Files.readString(DOCS.resolve("spring-boot.md"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "main/java/com/example/shop/Users.java",
                "main/java/com/example/shop/Orders.java",
                "test/java/com/example/shop/UsersTest.java",
                "main/resources/application.yml"
            })
    void theFilesOfTheExampleAreOnThePage(String file) throws IOException {
        assertThat(page())
                .contains("\n"
                        + Files.readString(
                                DOCS.resolve("example/spring-boot/src").resolve(file)) + "```\n");
    }

    @Test
    void theExampleHasTheVersionOfSpringBootThatIsTested() throws IOException {
        Pattern version = Pattern.compile("<version\\.spring-boot>(.*)</version\\.spring-boot>");
        MatchResult tested = version.matcher(Files.readString(DOCS.resolveSibling("pom.xml")))
                .results()
                .findFirst()
                .orElseThrow();
        assertThat(Files.readString(DOCS.resolve("example/spring-boot/pom.xml")))
                .contains("<artifactId>spring-boot-starter-parent</artifactId>\n    <version>" + tested.group(1)
                        + "</version>");
    }

    /// The keys below `pier.erlang` with their defaults, in the order of the records.
    private static void collect(String prefix, Class<?> properties, Map<String, String> keys) {
        for (RecordComponent component : properties.getRecordComponents()) {
            String key = prefix
                    + UPPER_CASE
                            .matcher(component.getName())
                            .replaceAll(match -> "-" + match.group().toLowerCase(Locale.ROOT));
            if (component.getGenericType() instanceof ParameterizedType map && map.getRawType() == Map.class) {
                if (map.getActualTypeArguments()[1] == PeerProperties.class) {
                    collect(key + ".<name>.", PeerProperties.class, keys);
                } else {
                    keys.put(key + ".<reason>", "");
                }
            } else if (component.getType().isRecord()) {
                collect(key + ".", component.getType(), keys);
            } else {
                keys.put(key, defaultOf(properties, component.getName()));
            }
        }
    }

    private static String defaultOf(Class<?> properties, String name) {
        for (var parameter : properties.getDeclaredConstructors()[0].getParameters()) {
            DefaultValue value = parameter.getAnnotation(DefaultValue.class);
            if (parameter.getName().equals(name) && value != null) {
                return String.join(", ", value.value());
            }
        }
        return "";
    }

    @Test
    void theTableHasEveryPropertyWithItsDefault() throws IOException {
        Map<String, String> keys = new LinkedHashMap<>();
        collect("", ErlangProperties.class, keys);
        Map<String, String> rows = new LinkedHashMap<>();
        ROW.matcher(page()).results().forEach(row -> rows.put(row.group(1), row.group(2) == null ? "" : row.group(2)));
        assertThat(keys).hasSizeGreaterThan(50);
        assertThat(List.copyOf(rows.entrySet())).isEqualTo(List.copyOf(keys.entrySet()));
        assertThat(keys.keySet().stream().filter(key -> !key.contains("<")))
                .allMatch(key -> ConfigurationPropertyName.isValid("pier.erlang." + key));
    }

    @Test
    void theMetadataForIdesHasTheTextsOfTheTable() throws IOException {
        Map<String, String> described = new LinkedHashMap<>();
        try (InputStream json =
                ErlangProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            assertThat(json).as("metadata from the annotation processor").isNotNull();
            for (JsonNode property : new JsonMapper().readTree(json).get("properties")) {
                described.put(
                        property.get("name").asString(),
                        property.path("description").asString(""));
            }
        }
        List<String> missing = new ArrayList<>();
        ROW.matcher(page()).results().filter(row -> !row.group(1).contains("<")).forEach(row -> {
            String text = described.getOrDefault("pier.erlang." + row.group(1), "");
            if (!text.replaceAll("\\s+", " ").equalsIgnoreCase(row.group(3))
                    && !text.replaceAll("\\s+", " ").equalsIgnoreCase(row.group(3) + ".")) {
                missing.add(row.group(1) + ": " + text);
            }
        });
        assertThat(missing).isEmpty();
    }
}
