package dev.pier.fuzz.targets;

import dev.pier.fuzz.Target;
import dev.pier.server.ApplicationServer;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The text of `server.conf`, for the server and its plugins. A message about a mistake has a sentence for the
/// operator,
/// and never the cookie.
final class ConfigurationTarget implements Target {
    static final String NAME = "configurations";

    /// Without a character that has a meaning in HOCON, so that a mutation near it does not cut it into words.
    private static final String COOKIE = "COOKIEOFTHEFUZZER";

    private static final Path FOLDER = Path.of("/nonexistent");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int shortRun() {
        return 5_000;
    }

    @Override
    public List<byte[]> seeds() {
        return texts(
                "http { port = 8080, max-request-body = 8 MiB }\nadmin.port = 0\n",
                "erlang { node = \"web@localhost\", cookie = \"" + COOKIE + "\", connect-timeout = 5 s }\n",
                "erlang.cookie = \"" + COOKIE + "\"\nerlang.node = \"web@localhost\"\n"
                        + "peers { backend { node = \"backend@localhost\", timeout = 2 s } }\n",
                "erlang : { \"cookie\" : " + COOKIE
                        + ", node : web@localhost }\n# comment\nwebapps.folder = ../webapps\n",
                "a = ${?HOME}\nhttp.port = ${?PORT}\nb = [1, 2, {c : 3}]\n");
    }

    @Override
    public List<byte[]> dictionary() {
        return texts(
                "\"",
                "\"\"\"",
                "{",
                "}",
                "[",
                "]",
                "=",
                "+=",
                ":",
                ",",
                "\n",
                "${",
                "${?",
                "}",
                "#",
                "//",
                "\\u00",
                "include ",
                "erlang",
                "cookie",
                "null",
                "1e9",
                "-1",
                " s",
                " MiB");
    }

    private static List<byte[]> texts(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public boolean accepts(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            new ApplicationServer(Configuration.parse(text, FOLDER), ApplicationServer.installedPlugins());
            return true;
        } catch (ConfigurationException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains(COOKIE)) {
                throw new AssertionError("the message has the cookie: " + message);
            }
            if (message.isBlank() || message.contains("Exception")) {
                throw new AssertionError("the message is no sentence for an operator: " + message, e);
            }
            return false;
        }
    }
}
