package dev.pier.erlang.conformance;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The test classes of this module, for pages that name tests.
final class TestClasses {
    private TestClasses() {}

    /// All of them, not initialized, in the order of their simple names.
    static List<Class<?>> all() {
        try {
            Path folder = Path.of(TestClasses.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            List<Class<?>> classes = new ArrayList<>();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(it -> it.toString().matches(".*(Test|IT)\\.class"))
                        .sorted(Comparator.comparing(Path::getFileName))
                        .toList()) {
                    String name = folder.relativize(file).toString().replace('/', '.');
                    classes.add(Class.forName(
                            name.substring(0, name.length() - ".class".length()),
                            false,
                            TestClasses.class.getClassLoader()));
                }
            }
            return classes;
        } catch (IOException | URISyntaxException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
