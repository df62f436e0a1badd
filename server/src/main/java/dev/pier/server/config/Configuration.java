package dev.pier.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `server.conf`, with what it includes, the environment variables it names, and what the command line overrides.
/// For one thread.
public final class Configuration {
    private final ConfigAudit audit;
    private final Section root;

    private Configuration(ConfigAudit audit, Section root) {
        this.audit = audit;
        this.root = root;
    }

    /// Reads a file.
    ///
    /// @param environment what `${?NAME}` in the file refers to, besides other keys
    /// @param overrides what takes the place of the file's values, by key; the command line's options
    /// @throws ConfigurationException if the file is not there or not HOCON; names the line
    public static Configuration load(Path file, Map<String, String> environment, Map<String, String> overrides)
            throws ConfigurationException {
        if (!Files.isRegularFile(file)) {
            throw new ConfigurationException(
                    List.of(file + ": there is no such file; --conf says where server.conf is"));
        }
        if (!Files.isReadable(file)) {
            throw new ConfigurationException(List.of(file + ": the file cannot be read by this user"));
        }
        return read(
                () -> ConfigFactory.parseFile(
                        file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false)),
                file.toString(),
                folderOf(file),
                environment,
                overrides);
    }

    /// Reads a text as if it stood in a file `server.conf` of that folder.
    ///
    /// @throws ConfigurationException if the text is not HOCON; names the line
    public static Configuration parse(String text, Path folder) throws ConfigurationException {
        return read(
                () -> ConfigFactory.parseString(
                        text, ConfigParseOptions.defaults().setOriginDescription("server.conf")),
                "server.conf",
                folder,
                Map.of(),
                Map.of());
    }

    private static Configuration read(
            Supplier<Config> parser,
            String file,
            Path folder,
            Map<String, String> environment,
            Map<String, String> overrides)
            throws ConfigurationException {
        ConfigAudit audit = new ConfigAudit(file);
        try {
            Config resolved = resolve(parser.get(), environment);
            Config config = values(overrides, "command line, ", false).withFallback(resolved);
            return new Configuration(audit, new Section(audit, folder, "", "", config.root()));
        } catch (ConfigException e) {
            ConfigOrigin origin = e.origin();
            String where = origin == null ? file : audit.location(origin);
            throw new ConfigurationException(List.of(where + ": " + sentence(e, origin)));
        }
    }

    /// The variables are a fallback only while references are resolved; none becomes a key of the configuration.
    private static Config resolve(Config parsed, Map<String, String> environment) {
        Config variables = values(environment, "environment variable ", true);
        Config resolved = parsed.withFallback(variables).resolve(ConfigResolveOptions.noSystem());
        for (String name : environment.keySet()) {
            if (!parsed.root().containsKey(name)) {
                resolved = resolved.withoutPath(ConfigUtil.joinPath(name));
            }
        }
        return resolved;
    }

    /// Typesafe's messages begin with the origin, which is already said.
    private static String sentence(ConfigException e, @Nullable ConfigOrigin origin) {
        String message = String.valueOf(e.getMessage());
        return origin != null && message.startsWith(origin.description() + ": ")
                ? message.substring(origin.description().length() + 2)
                : message;
    }

    private static Config values(Map<String, String> values, String origin, boolean names) {
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            String path = names ? ConfigUtil.joinPath(entry.getKey()) : entry.getKey();
            config = config.withValue(path, ConfigValueFactory.fromAnyRef(entry.getValue(), origin + entry.getKey()));
        }
        return config;
    }

    private static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    /// A section of the file; an empty one if it is absent.
    public Section section(String name) {
        return root.section(name);
    }

    /// All settings that have been read until now, in the order in which they were read.
    public List<Setting> settings() {
        return audit.settings();
    }

    /// Refuses a configuration in which anything is wrong. To be called when every section has been read by its owner.
    ///
    /// @throws ConfigurationException with all problems
    public void check() throws ConfigurationException {
        List<String> problems = audit.problems();
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }
}
