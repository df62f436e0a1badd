package dev.pier.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Settings that replace those of `server.conf`: of the environment, of the command line, and of a program that embeds
/// the server.
final class Overrides {
    /// Variables of the environment with this prefix are settings.
    static final String PREFIX = "PIER_SET_";

    private static final Pattern UNDERSCORES = Pattern.compile("_{1,3}");
    private static final String HOCON_BEGINS_WITH = "[{\"";

    private Overrides() {}

    /// The settings among the variables of the environment. In the rest of a name, `_` is a dot, `__` a hyphen and
    /// `___` an underscore: `PIER_SET_http_idle__timeout` is `http.idle-timeout`.
    static Config ofEnvironment(Map<String, String> environment) throws ConfigurationException {
        Config config = ConfigFactory.empty();
        // Sorted, so that of two names for one key the same one counts each time.
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String name = variable.getKey();
            if (name.startsWith(PREFIX)) {
                String origin = "environment variable " + name;
                config = config.withValue(path(keyOf(name), origin), parsed(variable.getValue(), origin));
            }
        }
        return config;
    }

    /// The settings of the command line, as texts by key.
    static Config ofCommandLine(Map<String, String> settings) throws ConfigurationException {
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            String origin = "command line, " + setting.getKey();
            config = config.withValue(path(setting.getKey(), origin), parsed(setting.getValue(), origin));
        }
        return config;
    }

    /// The settings of a program.
    ///
    /// @param settings values by key: texts, numbers, booleans, or lists and maps of them
    /// @param program the place of the settings, for problems
    static Config ofProgram(Map<String, ?> settings, String program) throws ConfigurationException {
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, ?> setting : settings.entrySet()) {
            String origin = program + ", " + setting.getKey();
            config = config.withValue(
                    path(setting.getKey(), origin), ConfigValueFactory.fromAnyRef(setting.getValue(), origin));
        }
        return config;
    }

    private static String path(String key, String origin) throws ConfigurationException {
        try {
            return ConfigUtil.joinPath(ConfigUtil.splitPath(key));
        } catch (ConfigException.BadPath _) {
            throw new ConfigurationException(
                    List.of(origin + ": not the name of a setting: names have words between dots, such as http.port"));
        }
    }

    /// A text that begins with `[`, `{` or `"` is HOCON. Any other text is the value itself, so an address such as
    /// `https://shop.example`, in which HOCON sees a comment, needs no quotation marks.
    private static ConfigValue parsed(String text, String origin) throws ConfigurationException {
        if (text.isBlank() || HOCON_BEGINS_WITH.indexOf(text.strip().charAt(0)) < 0) {
            return ConfigValueFactory.fromAnyRef(text, origin);
        }
        try {
            Object value = ConfigFactory.parseString("value = " + text)
                    .resolve(ConfigResolveOptions.noSystem())
                    .getValue("value")
                    .unwrapped();
            // All parts get the origin, without a line.
            return ConfigValueFactory.fromAnyRef(value, origin);
        } catch (ConfigException _) {
            // Its message may show a secret.
            throw new ConfigurationException(List.of(origin
                    + ": invalid HOCON: a value that begins with [, { or \" is a list, a section or a quoted text"));
        }
    }

    private static String keyOf(String variable) {
        return UNDERSCORES.matcher(variable.substring(PREFIX.length())).replaceAll(match -> switch (match.end()
                - match.start()) {
            case 1 -> ".";
            case 2 -> "-";
            default -> "_";
        });
    }
}
