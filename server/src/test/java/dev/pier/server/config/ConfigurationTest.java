package dev.pier.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
    private enum When {
        EAGER,
        AT_FIRST_USE
    }

    @TempDir
    Path folder;

    @Test
    void valuesAreReadWithTheirUnits() throws Exception {
        Configuration configuration = Configuration.parse("""
                a {
                  text = hello, number = 7, time = 1.5 s, size = 64 KiB, flag = yes, when = at-first-use
                  list = [ x, 2 ], path = sub/file, secret = s3cret
                }
                """, folder);
        Section a = configuration.section("a");

        assertThat(a.string("text", "")).isEqualTo("hello");
        assertThat(a.integer("number", 1, 0, 10)).isEqualTo(7);
        assertThat(a.duration("time", Duration.ZERO, Duration.ZERO, Duration.ofHours(1)))
                .isEqualTo(Duration.ofMillis(1500));
        assertThat(a.bytes("size", 1, 1, 1 << 20)).isEqualTo(65_536);
        assertThat(a.flag("flag", false)).isTrue();
        assertThat(a.choice("when", When.EAGER)).isEqualTo(When.AT_FIRST_USE);
        assertThat(a.strings("list")).containsExactly("x", "2");
        assertThat(a.path("path")).contains(folder.resolve("sub/file"));
        assertThat(a.secret("secret")).contains("s3cret");
        assertThatCode(configuration::check).doesNotThrowAnyException();
    }

    @Test
    void absentSettingsHaveTheirDefaults() throws Exception {
        Configuration configuration = Configuration.parse("", folder);
        Section a = configuration.section("a");

        assertThat(a.has("text")).isFalse();
        assertThat(a.string("text", "hello")).isEqualTo("hello");
        assertThat(a.string("other")).isEmpty();
        assertThat(a.integer("number", 3, 0, 10)).isEqualTo(3);
        assertThat(a.path("path")).isEmpty();
        assertThat(a.path("work", "../work")).isEqualTo(folder.resolveSibling("work"));
        assertThat(a.strings("list")).isEmpty();
        assertThat(a.section("deep").flag("flag", true)).isTrue();
        assertThat(a.sections("peers")).isEmpty();
        assertThatCode(configuration::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            number = x       | server.conf:3: a.number: invalid value "x": expected a whole number from 0 to 10
            number = 11      | server.conf:3: a.number: invalid value "11": expected a whole number from 0 to 10
            number = 1.5     | server.conf:3: a.number: invalid value "1.5": expected a whole number from 0 to 10
            number = {}      | server.conf:3: a.number: invalid value (a section): expected a whole number from 0 to 10
            time = 5         | server.conf:3: a.time: invalid value "5": expected a duration with a unit (ms, s, minutes, hours, days) from 0 s to 1 minute
            time = 5 parsecs | server.conf:3: a.time: invalid value "5 parsecs": expected a duration with a unit (ms, s, minutes, hours, days) from 0 s to 1 minute
            time = 61 s      | server.conf:3: a.time: invalid value "61 s": expected a duration with a unit (ms, s, minutes, hours, days) from 0 s to 1 minute
            time = -1 s      | server.conf:3: a.time: invalid value "-1 s": expected a duration with a unit (ms, s, minutes, hours, days) from 0 s to 1 minute
            size = 64        | server.conf:3: a.size: invalid value "64": expected a number of bytes with a unit (B, KiB, MiB, GiB, kB, MB, GB) from 1 B to 1 MiB
            size = 64K       | server.conf:3: a.size: invalid value "64K": expected a number of bytes with a unit (B, KiB, MiB, GiB, kB, MB, GB) from 1 B to 1 MiB
            size = 2 MiB     | server.conf:3: a.size: invalid value "2 MiB": expected a number of bytes with a unit (B, KiB, MiB, GiB, kB, MB, GB) from 1 B to 1 MiB
            flag = maybe     | server.conf:3: a.flag: invalid value "maybe": expected true or false
            when = never     | server.conf:3: a.when: invalid value "never": expected one of eager, at-first-use
            list = x         | server.conf:3: a.list: invalid value "x": expected a list of texts, [ "a", "b" ]
            deep = 1         | server.conf:3: a.deep: invalid value "1": expected a section, deep { … }
            cookie = [ 1 ]   | server.conf:3: a.cookie: invalid value (a list): expected text
            nubmer = 1       | server.conf:3: a.nubmer: unknown setting (did you mean number?); known here: cookie, deep, flag, list, number, size, time, when
            colour = 1       | server.conf:3: a.colour: unknown setting; known here: cookie, deep, flag, list, number, size, time, when
            """)
    void problemNamesFileLineKeyAndAllowedValues(String line, String problem) throws Exception {
        assertThat(problems("# a comment\na {\n  " + line + "\n}\n")).containsExactly(problem);
    }

    @Test
    void allProblemsAreReportedTogether() throws Exception {
        assertThat(problems("a.number = x\na.flag = maybe\nb { c = 1 }\n"))
                .containsExactly(
                        "server.conf:1: a.number: invalid value \"x\": expected a whole number from 0 to 10",
                        "server.conf:2: a.flag: invalid value \"maybe\": expected true or false",
                        "server.conf:3: b: unknown setting (did you mean a?); known here: a");
    }

    @Test
    void readerCanReportProblems() throws Exception {
        Configuration configuration = Configuration.parse("a { x = 1 }\nb { y = 2 }", folder);
        configuration.section("a").integer("x", 1, 0, 9);
        configuration.section("b").integer("y", 1, 0, 9);
        configuration.section("a").problem("x", "is less than b.y");
        configuration.section("b").problem("z", "is missing");
        configuration.section("c").problem("z", "is missing");

        assertThatThrownBy(configuration::check)
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "server.conf:1: a.x: is less than b.y",
                                        "server.conf:2: b.z: is missing",
                                        "server.conf: c.z: is missing"));
    }

    @Test
    void sectionsWithChosenNamesKeepTheirOrder() throws Exception {
        Configuration configuration = Configuration.parse("""
                a.peers {
                  zebra { node = "z@h" }
                  "web@host" { node = "w@h" }
                  ant { nude = 1 }
                }
                """, folder);
        var peers = configuration.section("a").sections("peers");

        assertThat(peers.keySet()).containsExactly("zebra", "web@host", "ant");
        peers.values().forEach(peer -> peer.string("node", ""));
        assertThat(configuration.settings())
                .extracting(Setting::key, Setting::pattern)
                .contains(tuple("a.peers.zebra.node", "a.peers.<name>.node"));
        assertThatThrownBy(configuration::check)
                .hasMessageContaining("server.conf:4: a.peers.ant.nude: unknown setting (did you mean node?)");
    }

    @Test
    void environmentAndCommandLineOverrideTheFile() throws Exception {
        Path file = folder.resolve("server.conf");
        Files.writeString(file, "a { number = 1, number = ${?NUMBER}, other = 2, third = 3, third = ${?NOT_SET} }");
        Configuration configuration =
                Configuration.load(file, Map.of("NUMBER", "x", "PATH.WITH:ODD", "y"), Map.of("a.other", "5"));
        Section a = configuration.section("a");

        assertThat(a.integer("other", 1, 0, 10)).isEqualTo(5);
        assertThat(a.integer("third", 1, 0, 10)).isEqualTo(3);
        a.integer("number", 1, 0, 10);
        assertThatThrownBy(configuration::check)
                .hasMessage("environment variable NUMBER: a.number: invalid value \"x\":"
                        + " expected a whole number from 0 to 10");
    }

    @Test
    void variablesWithThePrefixAreSettings() throws Exception {
        Path file = folder.resolve("server.conf");
        Files.writeString(file, "a { number = 1, long-name = x, peers { other { node = kept } } }");
        Configuration configuration = Configuration.load(
                file,
                Map.of(
                        "PIER_SET_a_number", "5",
                        "PIER_SET_a_long__name", "https://shop.example",
                        "PIER_SET_a_peers_my___peer_node", "backend@host",
                        "PIER_SET_a_list", "[\"one, two\", three]",
                        "PIER_SETTINGS", "no setting"),
                Map.of("a.number", "6"));
        Section a = configuration.section("a");

        assertThat(a.integer("number", 1, 0, 10)).isEqualTo(6);
        assertThat(a.string("long-name", "")).isEqualTo("https://shop.example");
        assertThat(a.strings("list")).containsExactly("one, two", "three");
        assertThat(a.sections("peers").keySet()).containsExactlyInAnyOrder("other", "my_peer");
        a.sections("peers").values().forEach(peer -> peer.string("node", ""));
        assertThatCode(configuration::check).doesNotThrowAnyException();
        assertThat(configuration.settings())
                .extracting(Setting::key, Setting::origin)
                .contains(
                        tuple("a.number", "command line, a.number"),
                        tuple("a.long-name", "environment variable PIER_SET_a_long__name"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PIER_SET_a_nomber | 5        | environment variable PIER_SET_a_nomber: a.nomber: unknown setting (did you mean number?); known here: list, number
            PIER_SET_a_number | many     | environment variable PIER_SET_a_number: a.number: invalid value "many": expected a whole number from 0 to 10
            PIER_SET_a_list   | [ s3cret | environment variable PIER_SET_a_list: invalid HOCON: a value that begins with [, { or " is a list, a section or a quoted text
            PIER_SET_a_list   | [ ${x} ] | environment variable PIER_SET_a_list: invalid HOCON: a value that begins with [, { or " is a list, a section or a quoted text
            PIER_SET__a       | 5        | environment variable PIER_SET__a: not the name of a setting: names have words between dots, such as http.port
            PIER_SET_         | 5        | environment variable PIER_SET_: not the name of a setting: names have words between dots, such as http.port
            """)
    void badVariableIsAProblemWithItsName(String name, String value, String problem) throws Exception {
        Path file = folder.resolve("server.conf");
        Files.writeString(file, "a.number = 1");

        assertThatThrownBy(() -> {
                    Configuration configuration = Configuration.load(file, Map.of(name, value), Map.of());
                    configuration.section("a").integer("number", 1, 0, 10);
                    configuration.section("a").strings("list");
                    configuration.check();
                })
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(problem);
    }

    @Test
    void includedFileIsNamedInProblemsAndIsTheBaseOfItsPaths() throws Exception {
        Files.createDirectories(folder.resolve("more"));
        Files.writeString(folder.resolve("more/extra.conf"), "a {\n  number = x\n  path = here\n}\n");
        Path file = folder.resolve("server.conf");
        Files.writeString(file, "include \"more/extra.conf\"\n");
        Configuration configuration = Configuration.load(file, Map.of(), Map.of());
        Section a = configuration.section("a");

        assertThat(a.path("path")).contains(folder.resolve("more/here"));
        a.integer("number", 1, 0, 10);
        assertThatThrownBy(configuration::check)
                .hasMessageStartingWith(folder.resolve("more/extra.conf") + ":2: a.number:");
    }

    @Test
    void syntaxErrorIsReportedWithFileAndLine() throws Exception {
        Path file = folder.resolve("server.conf");
        Files.writeString(file, "a {\n  x = }\n");
        assertThatThrownBy(() -> Configuration.load(file, Map.of(), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(file + ":2: ");
        Files.writeString(file, "a = ${NOT_SET}\n");
        assertThatThrownBy(() -> Configuration.load(file, Map.of(), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(file + ":1: ")
                .hasMessageContaining("NOT_SET");
        assertThatThrownBy(() -> Configuration.load(folder.resolve("none.conf"), Map.of(), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("file not found");
    }

    @Test
    void secretsAreNeverShown() throws Exception {
        Configuration configuration =
                Configuration.parse("a { secret = hush, cookie = hush, db-password = [ hush ], key = hush }", folder);
        Section a = configuration.section("a");
        a.secret("key");
        a.string("secret", "");
        a.integer("cookie", 1, 0, 1);
        a.strings("db-password");

        assertThat(configuration.settings().toString()).doesNotContain("hush");
        assertThatThrownBy(configuration::check)
                .hasMessage("server.conf:1: a.cookie: invalid value: expected a whole number from 0 to 1");
    }

    /// Mistakes near a secret. `~` stands for a line break.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a { cookie = hunter2 }~a += 3",
                "a { cookie = \"hunter2\" [1] }",
                "a { cookie = [1] hunter2 }",
                "a { cookie = hunter2 { x = 1 } }",
                "a { cookie = \"hunter2 }",
                "a { cookie = \"hunter2~ number = 1 }",
                "a { cookie = hunter2\"~ number = 1 }",
                "a { cookie = \"\"\"hunter2 }",
                "a { cookie \"hunter2\" }",
                "a { cookie: = hunter2 }",
                "a { cookie hunter2 }",
                "a { cookie = \"\"hunter2\"\" = }",
                "a { cookie = 1+hunter2 }",
                "a { cookie = $hunter2 }",
                "a { cookie = ${hunter2} }",
                "a { cookie = x${hunter2} }",
                "a.cookie = ${hunter2}",
                "a { cookie = 1,hunter2 }",
                "a { cookie = 1,hunter2=2 }",
                "a { cookie = hunter2 = 2 }",
                "a { cookie = [ hunter2 ] }",
                "a { cookie { hunter2 } }",
                "a { cookie { x = hunter2 } }",
                "a { cookie.x = hunter2 }",
                "a { number = 1 cookie = hunter2 }",
                "a { number = 1 cookie hunter2 }",
                "a { Cookie = hunter2 }",
                "a { password = hunter2 }",
                "a { cookie = hunter2",
                "a { cookie = hunter2 }}",
                "{ a { cookie = hunter2 } } hunter2",
                "[ hunter2 ]",
                "a { cookie = hunter2 }~include hunter2",
                "a = hunter2 { cookie = hunter2 }",
                "a { cookie = hunter2 }~a { cookie += 1 }",
                "a { cookie = hunter2 }~b = ${a.cookie} { }",
                "b = ${\"cookie : hunter2, number : 1\"}",
                "a { cookie = ${?SECRET} [1] }",
                "a { cookie = ${?SECRET}~ cookie += 1 }",
                "a { cookie = ${?SECRET}, number = ${a.cookie} }",
                "a { node = \",web@host cookie} = \"hunter2 , number = 1 }",
                "a { node = \",web@host, cookie = hunter2, number = 1 }\"",
                "a { node = \",web@host password\"hunter2 }",
                "a { cookiehunter2 = 1 }",
                "cookiehunter2 { number = 1 }"
            })
    void noMistakeShowsASecret(String text) throws Exception {
        Path file = folder.resolve("server.conf");
        Files.writeString(file, text.replace('~', '\n'));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Path including = Files.writeString(folder.resolve("including.conf"), "include \"server.conf\"\n");
        for (Path main : List.of(file, including)) {
            assertThatThrownBy(() -> {
                        Configuration configuration = Configuration.load(main, Map.of("SECRET", "hunter2"), Map.of());
                        Section a = configuration.section("a");
                        a.secret("cookie");
                        a.integer("number", 1, 0, 10);
                        String node = a.string("node", "");
                        if (node.contains(",")) {
                            a.problem("node", "invalid node name '" + node + "': it has a comma");
                        }
                        configuration.check();
                    })
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageNotContaining("hunter2")
                    .hasMessageMatching("(?s)(" + file + ":\\d+|environment variable SECRET): .*");
        }
    }

    @Test
    void pathsThatEndWithASecretsNameAreShown() throws Exception {
        Configuration configuration =
                Configuration.parse("a { file = \"/run/secrets/cookie\", other = \"/etc/cookie-dir/x\" }", folder);
        Section a = configuration.section("a");
        a.string("file", "");
        a.string("other", "");
        a.problem("file", "'/run/secrets/cookie' is not there");
        a.problem("other", "'/etc/cookie-dir/x' is not there");
        assertThatThrownBy(configuration::check)
                .hasMessageContaining("a.file: '/run/secrets/cookie' is not there")
                .hasMessageContaining("a.other: '/etc/cookie-dir/x' is not there");
    }

    @Test
    void nestingBeyondTheStackIsAProblemOfTheFile() throws Exception {
        Path file = folder.resolve("server.conf");
        Files.writeString(file, "a = " + "[".repeat(20_000) + "]".repeat(20_000));
        assertThatThrownBy(() -> Configuration.load(file, Map.of(), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(file + ": sections or lists are nested too deeply");
    }

    @Test
    void missingIncludedFileIsNamedWithItsLine() throws Exception {
        Path file = folder.resolve("server.conf");
        Files.writeString(file, "# first\ninclude required(\"nowhere.conf\")\n");
        assertThatThrownBy(() -> Configuration.load(file, Map.of(), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(file + ":2: the included file cannot be read: nowhere.conf");
    }

    @Test
    void settingsReadAreRecorded() throws Exception {
        Configuration configuration = Configuration.parse("a.time = 90 s", folder);
        configuration.section("a").duration("time", Duration.ofHours(2), Duration.ZERO, Duration.ofDays(1));
        configuration.section("a").bytes("size", 8 << 20, 1024, 1L << 30);

        assertThat(configuration.settings())
                .containsExactly(
                        new Setting("a.time", "a.time", "duration", "0 s", "1 day", "2 hours", "90 s", "server.conf:1"),
                        new Setting("a.size", "a.size", "bytes", "1 KiB", "1 GiB", "8 MiB", "8 MiB", null));
    }

    private List<String> problems(String text) throws Exception {
        Configuration configuration = Configuration.parse(text, folder);
        Consumer<Section> reader = a -> {
            a.integer("number", 1, 0, 10);
            a.duration("time", Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1));
            a.bytes("size", 1, 1, 1 << 20);
            a.flag("flag", false);
            a.choice("when", When.EAGER);
            a.strings("list");
            a.section("deep").flag("flag", true);
            a.string("cookie");
        };
        reader.accept(configuration.section("a"));
        return catchThrowableOfType(ConfigurationException.class, configuration::check)
                .problems();
    }
}
