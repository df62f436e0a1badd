package dev.pier.datasource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The settings of `datasources { … }` and their problems, and that the documentation agrees.
class DataSourceSettingsTest {
    private static final Path DOCS = Path.of("../docs");
    private static final String URL = "url = \"jdbc:postgresql://db/shop\"";

    @TempDir
    Path folder;

    @BeforeEach
    void writePassword() throws Exception {
        Path file = Files.writeString(folder.resolve("main.password"), "s3cret\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private List<DataSourceSettings> read(String text) throws Exception {
        Path conf = Files.writeString(folder.resolve("server.conf"), text);
        Files.setPosixFilePermissions(conf, PosixFilePermissions.fromString("rw-------"));
        Configuration configuration = Configuration.load(conf, Map.of(), Map.of());
        List<DataSourceSettings> settings = DataSourceSettings.read(configuration.section("datasources"));
        configuration.check();
        return settings;
    }

    private DataSourceSettings main(String text) throws Exception {
        return read("datasources.main { " + text + " }").getFirst();
    }

    @Test
    void everySettingHasItsLineInTheDocumentation() throws Exception {
        List<String> documented = Files.readAllLines(DOCS.resolve("settings.md")).stream()
                .filter(line -> line.startsWith("| `datasources."))
                .map(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1))
                .toList();
        Configuration configuration = Configuration.parse("datasources.main {}", folder);
        DataSourceSettings.read(configuration.section("datasources"));

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        configuration.settings().stream().map(Setting::row).toList());
    }

    @Test
    void theConfigurationsOfTheDocumentationAreValid() throws Exception {
        List<String> blocks = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCS.resolve("datasources.md")))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
        assertThat(blocks).hasSize(2);

        DataSourceSettings small = read(blocks.getFirst()).getFirst();
        DataSourceSettings whole = read(blocks.getLast()).getFirst();

        assertThat(small.jndiName()).isEqualTo("jdbc/main");
        assertThat(small.user()).isEqualTo("shop");
        assertThat(small.password().read()).isEqualTo("s3cret");
        assertThat(small.properties()).isEmpty();
        assertThat(whole.properties()).containsOnlyKeys("ApplicationName", "socketTimeout");
        assertThat(whole.pool()).as("the page shows the defaults").isEqualTo(small.pool());
        assertThat(whole.required()).isEqualTo(small.required());
    }

    @Test
    void thePoolIsAsTheSettingsSay() throws Exception {
        assertThat(main(URL + ", pool { size = 4 }").pool().minIdle()).isEqualTo(4);
        assertThat(main(URL + ", pool { size = 4, min-idle = 0, connection-timeout = 2 s, idle-timeout = 1 minute,"
                                + " max-lifetime = 5 minutes, leak-detection = 20 s, check-interval = 1 s }")
                        .pool())
                .isEqualTo(new PoolSettings(
                        4,
                        0,
                        Duration.ofSeconds(2),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(1)));
    }

    @Test
    void severalSourcesKeepTheOrderOfTheFile() throws Exception {
        assertThat(read("datasources { reports { " + URL + " }\n main { " + URL + " } }"))
                .extracting(DataSourceSettings::name)
                .containsExactly("reports", "main");
        assertThat(read("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            user = shop                                    | main.url: is missing: the JDBC URL of the database
            url = "jdbc:nosuch://db/shop"                  | main.url: is accepted by no JDBC driver: put the driver's jar into lib/ext (drivers there: org.postgresql.Driver)
            URL, driver = "com.example.Driver"             | main.driver: names a class that is not found: put the driver's jar into lib/ext
            URL, driver = "java.lang.String"               | main.driver: names a class that is no java.sql.Driver
            url = "jdbc:x:y", driver = org.postgresql.Driver | main.driver: names a driver that does not accept the url
            URL, password-file = nosuch.password           | nosuch.password does not exist
            URL, password-file = open.password             | open.password is accessible by users other than its owner
            URL, password-file = main.password, password = abcdef | main.password: is given together with password-file: use one of the two
            URL, properties.password = abcdef              | main.properties: has the user or the password
            URL, usr = shop                                | main.usr: unknown setting (did you mean user?)
            URL, pool.max-size = 3                         | main.pool.max-size: unknown setting
            URL, pool.size = 0                             | main.pool.size: invalid value "0": expected a whole number from 1 to 10000
            URL, pool.connection-timeout = 5               | main.pool.connection-timeout: invalid value "5": expected a duration with a unit
            URL, pool { size = 3, min-idle = 4 }           | main.pool.min-idle: is more than size (3)
            URL, pool.leak-detection = 1 s                 | main.pool.leak-detection: is neither 0 s nor from 2 s to max-lifetime
            URL, pool { max-lifetime = 1 minute, idle-timeout = 1 minute } | main.pool.idle-timeout: is not shorter than max-lifetime
            """)
    void aWrongSettingIsNamedWithItsLine(String settings, String message) throws Exception {
        Files.writeString(folder.resolve("open.password"), "s3cret");
        Files.setPosixFilePermissions(folder.resolve("open.password"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> read("\ndatasources.main {\n" + settings.replace("URL", URL) + "\n}\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("(?s).*server\\.conf:[23]: datasources\\.main.*");
    }

    @Test
    void aNameHasLettersAndDigitsOnly() {
        assertThatThrownBy(() -> read("datasources { \"a/b\" { " + URL + " } }"))
                .hasMessageContaining("is no name of a data source: expected letters, digits, - and _");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/shop?user=shop&password=s3cret",
                "jdbc:postgresql://db/shop?sslpassword=s3cret",
                "jdbc:mysql://shop:s3cret@db/shop",
                "jdbc:oracle:thin:shop/s3cret@db:1521:x",
                "jdbc:sqlserver://db;user=shop;Password=s3cret;encrypt=true"
            })
    void aPasswordInTheUrlIsRefusedAndNotShown(String url) {
        assertThatThrownBy(() -> read("datasources.main { url = \"" + url + "\" }"))
                .hasMessageContaining("main.url: has a password in it: use user and password-file")
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db:5432/shop?ApplicationName=a@b",
                "jdbc:postgresql://[::1]:5432/shop",
                "jdbc:postgresql:shop"
            })
    void otherUrlsAreAccepted(String url) throws Exception {
        assertThat(main("url = \"" + url + "\"").shownUrl()).isEqualTo(url.replaceFirst("\\?.*", ""));
    }

    @Test
    void secretsAreNotAmongTheSettingsThatAreShown() throws Exception {
        Configuration configuration = Configuration.parse(
                "datasources.main { " + URL + ", password = s3cret, properties { sslpassword = s3cret } }", folder);
        DataSourceSettings.read(configuration.section("datasources"));

        assertThat(configuration.settings()).noneMatch(it -> it.toString().contains("s3cret"));
    }
}
