package dev.pier.erlang.conformance;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The test classes of this module and of the modules whose test jars are on the class path, for pages that name
/// tests.
final class TestClasses {
    private static final String PACKAGE = "dev/pier/erlang";

    private TestClasses() {}

    /// All of them, not initialized, in the order of their simple names.
    static List<Class<?>> all() {
        try {
            ClassLoader loader = TestClasses.class.getClassLoader();
            List<Class<?>> classes = new ArrayList<>();
            for (URL root : Collections.list(loader.getResources(PACKAGE))) {
                for (String name : namesIn(root.toURI())) {
                    classes.add(Class.forName(name, false, loader));
                }
            }
            classes.sort(Comparator.comparing(Class::getSimpleName));
            return classes;
        } catch (IOException | URISyntaxException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /// @param root the package in a folder of classes or in a jar
    private static List<String> namesIn(URI root) throws IOException {
        if (!root.getScheme().equals("jar")) {
            return namesIn(Path.of(root));
        }
        try (FileSystem jar = FileSystems.newFileSystem(root, Map.of())) {
            return namesIn(jar.getPath(PACKAGE));
        }
    }

    private static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> PACKAGE + "/" + folder.relativize(file))
                    .filter(file -> file.matches(".*(Test|IT)\\.class"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
    }
}
