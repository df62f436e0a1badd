package dev.pier.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The contents of `server.conf` with its included files, environment variables and command-line overrides.
///
/// *Threads.* For one thread.
///
/// *Lifecycle.* [#load], then each [#section] is read by its owner, then [#check].
public final class Configuration {
    private final ConfigAudit audit;
    private final Section root;

    private Configuration(ConfigAudit audit, Section root) {
        this.audit = audit;
        this.root = root;
    }

    /// Reads a file.
    ///
    /// @param environment the variables that `${?NAME}` in the file can refer to; those that begin with `PIER_SET_`
    ///     replace settings of the file
    /// @param overrides texts by key that replace those of the file and of the environment; from the command line
    /// @throws ConfigurationException if the file does not exist, is not readable, or is not HOCON; names the line
    public static Configuration load(Path file, Map<String, String> environment, Map<String, String> overrides)
            throws ConfigurationException {
        return load(
                file,
                environment,
                Overrides.ofCommandLine(overrides).withFallback(Overrides.ofEnvironment(environment)));
    }

    private static Configuration load(Path file, Map<String, String> environment, Config overrides)
            throws ConfigurationException {
        if (!Files.isRegularFile(file)) {
            throw new ConfigurationException(
                    List.of(file + ": file not found (option --conf sets the path of server.conf)"));
        }
        if (!Files.isReadable(file)) {
            throw new ConfigurationException(List.of(file + ": file not readable by this user"));
        }
        return read(
                () -> ConfigFactory.parseFile(
                        file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false)),
                file.toString(),
                folderOf(file),
                environment,
                overrides);
    }

    /// Takes settings of a program that embeds the server, which replace those of a file, if there is one.
    ///
    /// @param file `server.conf`, if there is one
    /// @param settings values by key: texts, numbers, booleans, or lists and maps of them
    /// @param origin the place of the settings, for problems
    /// @param folder where relative paths of the settings begin, without a file
    /// @throws ConfigurationException if the file is not readable, or is not HOCON; names the line
    public static Configuration of(Optional<Path> file, Map<String, ?> settings, String origin, Path folder)
            throws ConfigurationException {
        Config overrides = Overrides.ofProgram(settings, origin);
        if (file.isPresent()) {
            return load(file.get(), System.getenv(), overrides);
        }
        return read(ConfigFactory::empty, origin, folder, Map.of(), overrides);
    }

    /// Reads a text as if it were the file `server.conf` in `folder`.
    ///
    /// @throws ConfigurationException if the text is not HOCON; names the line
    public static Configuration parse(String text, Path folder) throws ConfigurationException {
        return read(
                () -> ConfigFactory.parseString(
                        text, ConfigParseOptions.defaults().setOriginDescription("server.conf")),
                "server.conf",
                folder,
                Map.of(),
                ConfigFactory.empty());
    }

    private static Configuration read(
            Supplier<Config> parser, String file, Path folder, Map<String, String> environment, Config overrides)
            throws ConfigurationException {
        ConfigAudit audit = new ConfigAudit(file);
        Config parsed = null;
        try {
            parsed = parser.get();
            Config resolved = resolve(parsed, environment);
            Config config = overrides.withFallback(resolved);
            audit.secrets().add(config.root());
            return new Configuration(audit, new Section(audit, folder, "", "", config.root()));
        } catch (ConfigException.IO e) {
            throw new ConfigurationException(List.of(missingInclude(file, e)));
        } catch (ConfigException e) {
            ConfigOrigin origin = e.origin();
            String location = origin == null ? file : audit.location(origin);
            String problem =
                    HoconProblem.describe(e, messageWithoutOrigin(e, origin), parsed == null ? null : parsed.root());
            throw new ConfigurationException(List.of(location + ": " + problem));
        } catch (StackOverflowError _) {
            throw new ConfigurationException(List.of(file + ": " + HoconProblem.TOO_DEEP));
        }
    }

    /// The problem with an included file that cannot be read. The parser does not know the line of the statement.
    private static String missingInclude(String file, ConfigException.IO e) {
        String included = e.origin() == null ? "" : e.origin().description();
        String location = file;
        try {
            List<String> lines = Files.readAllLines(Path.of(file));
            for (int i = lines.size(); i > 0; i--) {
                String line = lines.get(i - 1);
                if (line.contains("include") && line.contains(included)) {
                    location = file + ":" + i;
                }
            }
        } catch (IOException _) {
            // The location has no line.
        }
        return location + ": the included file cannot be read: " + included;
    }

    /// Resolves references to environment variables, which do not become keys of the configuration themselves.
    private static Config resolve(Config parsed, Map<String, String> environment) {
        Config variables = ConfigFactory.empty();
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            variables = variables.withValue(
                    ConfigUtil.joinPath(variable.getKey()),
                    ConfigValueFactory.fromAnyRef(variable.getValue(), "environment variable " + variable.getKey()));
        }
        Config resolved = parsed.withFallback(variables).resolve(ConfigResolveOptions.noSystem());
        for (String name : environment.keySet()) {
            if (!parsed.root().containsKey(name)) {
                resolved = resolved.withoutPath(ConfigUtil.joinPath(name));
            }
        }
        return resolved;
    }

    /// Messages of the Typesafe library begin with the origin, which the location already contains.
    private static String messageWithoutOrigin(ConfigException e, @Nullable ConfigOrigin origin) {
        String message = String.valueOf(e.getMessage());
        return origin != null && message.startsWith(origin.description() + ": ")
                ? message.substring(origin.description().length() + 2)
                : message;
    }

    private static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    /// A top-level section; an empty section if the file does not have it.
    public Section section(String name) {
        return root.section(name);
    }

    /// The sections inside a top-level section whose names the operator chooses, by name and in the order of the file.
    public SequencedMap<String, Section> sections(String name) {
        return root.sections(name);
    }

    /// All settings read so far, in reading order.
    public List<Setting> settings() {
        return audit.settings();
    }

    /// Throws if any value or key is invalid. Call this after every section has been read by its owner.
    ///
    /// @throws ConfigurationException with all problems
    public void check() throws ConfigurationException {
        List<String> problems = audit.problems();
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }
}
