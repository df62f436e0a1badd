package dev.pier.erlang.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The test classes of this module and of the modules below it, for pages that name tests.
final class TestClasses {
    private static final List<String> MODULES = List.of("etf", "node", "tests");

    private TestClasses() {}

    /// All of them, not initialized, in the order of their simple names.
    static List<Class<?>> all() {
        try {
            List<Path> names = new ArrayList<>();
            for (String module : MODULES) {
                Path folder = Path.of("..", module, "target", "test-classes");
                try (Stream<Path> files = Files.walk(folder)) {
                    files.filter(file -> file.toString().matches(".*(Test|IT)\\.class"))
                            .map(folder::relativize)
                            .forEach(names::add);
                }
            }
            names.sort(Comparator.comparing(Path::getFileName));
            List<Class<?>> classes = new ArrayList<>();
            for (Path file : names) {
                String name = file.toString().replace('/', '.');
                classes.add(Class.forName(
                        name.substring(0, name.length() - ".class".length()),
                        false,
                        TestClasses.class.getClassLoader()));
            }
            return classes;
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
