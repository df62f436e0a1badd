package dev.pier.server.project;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;

/// The folder `templates` of the distribution: the files of new projects, and `kinds.properties`, which says for each
/// kind of project which of them it takes.
///
/// *Threads.* Safe for all threads.
public final class ProjectTemplates {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    private static final Pattern PLACEHOLDER = Pattern.compile("@\\{new\\.([a-z]+)}");

    private final Path distribution;
    private final Path folder;
    private final Properties kinds = new Properties();

    /// @param distribution the folder with `templates` and `repository`
    /// @throws ProjectException if it has no templates
    public ProjectTemplates(Path distribution) throws ProjectException {
        this.distribution = distribution.toAbsolutePath().normalize();
        folder = this.distribution.resolve("templates");
        Path file = folder.resolve("kinds.properties");
        try (Reader reader = Files.newBufferedReader(file)) {
            kinds.load(reader);
        } catch (IOException e) {
            throw new ProjectException("there are no templates: " + file + " cannot be read (" + e + ")");
        }
    }

    /// Those of the distribution that runs: beside the folder of its jars.
    ///
    /// @throws ProjectException if this class is in no distribution
    public static ProjectTemplates installed() throws ProjectException {
        CodeSource source = ProjectTemplates.class.getProtectionDomain().getCodeSource();
        try {
            return new ProjectTemplates(Path.of(source.getLocation().toURI()).resolve("../.."));
        } catch (URISyntaxException e) {
            throw new ProjectException("the folder of Pier is unknown: " + e.getMessage());
        }
    }

    /// The kinds of projects, in alphabetical order.
    public List<String> kinds() {
        return kinds.stringPropertyNames().stream()
                .filter(key -> key.endsWith(".folders"))
                .map(key -> key.substring(0, key.indexOf('.')))
                .sorted()
                .toList();
    }

    /// Writes a project. All its files are read before the first one is written.
    ///
    /// @param target does not exist or is empty; its name is that of the project
    /// @param packageName the package of its classes
    /// @return the title of the kind, for the log
    /// @throws ProjectException if a name is not valid or the folder is not empty; nothing is written then
    /// @throws IOException if the files cannot be written
    public String write(Path target, String packageName, String kind) throws IOException, ProjectException {
        Path project = target.toAbsolutePath().normalize();
        checkFolder(project, target);
        checkPackage(packageName);
        if (!kinds().contains(kind)) {
            throw new ProjectException("the kind '" + kind + "' is unknown: use one of " + String.join(", ", kinds()));
        }
        Map<String, String> values = values(kind, project.getFileName().toString(), packageName);
        for (Map.Entry<String, String> file : render(kind, packageName, values).entrySet()) {
            Path path = project.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        return values.getOrDefault("title", kind);
    }

    private static void checkFolder(Path project, Path given) throws IOException, ProjectException {
        Path name = project.getFileName();
        if (name == null || !NAME.matcher(name.toString()).matches()) {
            throw new ProjectException(
                    "the folder '" + given
                            + "' cannot give the project its name: it may have letters, digits, - and _, and begins with a letter");
        }
        if (Files.isDirectory(project)) {
            try (Stream<Path> files = Files.list(project)) {
                if (files.findAny().isPresent()) {
                    throw new ProjectException("the folder '" + given + "' is not empty: name a new one");
                }
            }
        } else if (Files.exists(project)) {
            throw new ProjectException("'" + given + "' is a file: name a new folder");
        }
    }

    private static void checkPackage(String name) throws ProjectException {
        if (!SourceVersion.isName(name, SourceVersion.latest()) || name.equals("java") || name.startsWith("java.")) {
            throw new ProjectException("'" + name + "' is not a name for a Java package: use one such as org.acme");
        }
    }

    private Map<String, String> values(String kind, String name, String packageName) {
        Map<String, String> given = Map.of(
                "name",
                name,
                "package",
                packageName,
                "home",
                distribution.toString(),
                "repository",
                url(distribution.resolve("repository")));
        Map<String, String> values = new TreeMap<>(given);
        String prefix = kind + ".";
        for (String key : kinds.stringPropertyNames()) {
            if (key.startsWith(prefix)) {
                values.put(key.substring(prefix.length()), fill(kinds.getProperty(key), given));
            }
        }
        return values;
    }

    /// The URL of a folder, without a slash at its end, whether or not it exists.
    private static String url(Path folder) {
        String url = folder.toUri().toString();
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /// The texts of a project's files, by their names with `/` in them.
    private Map<String, String> render(String kind, String packageName, Map<String, String> values) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String part : kinds.getProperty(kind + ".folders").trim().split("\\s+", -1)) {
            Path root = folder.resolve(part);
            for (Path file : filesOf(root)) {
                String name = root.relativize(file)
                        .toString()
                        .replace(File.separatorChar, '/')
                        .replace("__package__", packageName.replace('.', '/'))
                        .replace("__dot__", ".");
                files.put(name, fill(Files.readString(file), values));
            }
        }
        return files;
    }

    private static List<Path> filesOf(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static String fill(String text, Map<String, String> values) {
        return PLACEHOLDER.matcher(text).replaceAll(match -> {
            String value = values.get(match.group(1));
            if (value == null) {
                throw new IllegalStateException("the templates have no value for " + match.group());
            }
            return Matcher.quoteReplacement(value);
        });
    }
}
