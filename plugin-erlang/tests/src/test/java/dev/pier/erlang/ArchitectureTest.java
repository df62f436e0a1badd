package dev.pier.erlang;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The dependencies between the packages of all Erlang modules, and the size of packages and files.
class ArchitectureTest {
    private static final String API = "dev.pier.erlang";
    private static final String TERM = "dev.pier.erlang.term";
    /// Shared by the modules, in the jar of the API, and no part of it.
    private static final String API_INTERNAL = "dev.pier.erlang.internal";

    private static final String NULLNESS = "org.jspecify.annotations";

    private static final String SERVLET = "dev.pier.erlang.servlet..";
    private static final int MAX_FILES = 25;
    private static final int MAX_LINES = 500;

    /// The folder of the Erlang modules.
    private static final Path MODULES = Path.of("..");

    /// The packages of the engine, the highest first. None may use one of an earlier line.
    private static final List<List<String>> LAYERS = List.of(
            List.of("metrics", "opentelemetry"),
            List.of("node"),
            List.of("flight"),
            List.of("peer"),
            List.of("call", "stream"),
            List.of("served"),
            List.of("mailbox"),
            List.of("mapping"),
            List.of("process"),
            List.of("link"),
            List.of("connection"),
            List.of("transport"),
            List.of("handshake", "epmd"),
            List.of("dist", "trace"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.pier.erlang..", "dev.pier.testkit..");

    private static String[] packages(List<List<String>> layers) {
        return layers.stream()
                .flatMap(List::stream)
                .map(name -> API + "." + name)
                .toArray(String[]::new);
    }

    /// Inside the modules and between them.
    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("dev.pier.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    static IntStream layers() {
        return IntStream.range(1, LAYERS.size());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theEngineDependsDownwards(int layer) {
        noClasses()
                .that()
                .resideInAnyPackage(packages(LAYERS.subList(layer, LAYERS.size())))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(LAYERS.subList(0, layer)))
                .check(CLASSES);
    }

    @Test
    void theApiDependsOnNoImplementation() {
        classes()
                .that()
                .resideInAPackage(API)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(API, TERM, API_INTERNAL, "java..", NULLNESS)
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage(TERM)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(TERM, API_INTERNAL, "java..", NULLNESS)
                .check(CLASSES);
    }

    @Test
    void servletClassesDependOnlyOnTheApi() {
        classes()
                .that()
                .resideInAPackage(SERVLET)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(API, API_INTERNAL, TERM, SERVLET, "java..", "jakarta..", "org.slf4j..", NULLNESS)
                .check(CLASSES);
    }

    @Test
    void onlyThePluginDependsOnTheServer() {
        noClasses()
                .that()
                .resideInAPackage("dev.pier.erlang..")
                .and()
                .resideOutsideOfPackage("dev.pier.erlang.plugin")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.pier.server..", "com.typesafe..")
                .check(CLASSES);
    }

    /// It is an optional dependency of the engine.
    @Test
    void onlyMetricsAndPluginDependOnMicrometer() {
        noClasses()
                .that()
                .resideInAPackage("dev.pier.erlang..")
                .and()
                .resideOutsideOfPackages("dev.pier.erlang.metrics", "dev.pier.erlang.plugin")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..")
                .check(CLASSES);
    }

    /// It is an optional dependency of the engine and of the plugin.
    @Test
    void onlyItsPackageAndThePluginDependOnOpenTelemetry() {
        noClasses()
                .that()
                .resideInAPackage("dev.pier.erlang..")
                .and()
                .resideOutsideOfPackages("dev.pier.erlang.opentelemetry", "dev.pier.erlang.plugin")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.opentelemetry..")
                .check(CLASSES);
    }

    @Test
    void onlyServletAndPluginDependOnServlets() {
        noClasses()
                .that()
                .resideInAPackage("dev.pier.erlang..")
                .and()
                .resideOutsideOfPackages(SERVLET, "dev.pier.erlang.plugin")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta..")
                .check(CLASSES);
    }

    @Test
    void pureCodeHasNeitherThreadsNorSockets() {
        noClasses()
                .that()
                .resideInAnyPackage(TERM, "dev.pier.erlang.etf", "dev.pier.erlang.dist")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.nio.channels..",
                        "java.util.concurrent",
                        "java.util.concurrent.locks",
                        "org.slf4j..")
                .check(CLASSES);
    }

    /// The API is two packages, so that applications import from few places.
    @Test
    void packagesHaveAtMost25Files() throws IOException {
        Map<Path, Long> sizes =
                sources("main").stream().collect(groupingBy(ArchitectureTest::packageFolder, counting()));
        sizes.remove(Path.of("dev", "pier", "erlang"));
        sizes.remove(Path.of("dev", "pier", "erlang", "term"));
        assertThat(sizes)
                .isNotEmpty()
                .allSatisfy((folder, files) ->
                        assertThat(files).as("source files in %s", folder).isLessThanOrEqualTo(MAX_FILES));
    }

    @Test
    void filesHaveAtMost500Lines() throws IOException {
        List<Path> files = Stream.concat(sources("main").stream(), sources("test").stream())
                .toList();
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            try (Stream<String> lines = Files.lines(file)) {
                assertThat(lines.count()).as("lines of %s", file).isLessThanOrEqualTo(MAX_LINES);
            }
        }
    }

    /// Without the plugin, Maven compiles integration tests and never runs them.
    @Test
    void modulesWithIntegrationTestsRunThem() throws IOException {
        try (Stream<Path> modules = Files.list(MODULES);
                Stream<Path> others = Files.list(MODULES.resolve(".."))) {
            List<Path> poms = Stream.concat(modules, others)
                    .map(module -> module.resolve("pom.xml"))
                    .filter(pom -> hasIntegrationTests(pom.resolveSibling("src/test/java")))
                    .toList();
            assertThat(poms)
                    .isNotEmpty()
                    .allSatisfy(pom ->
                            assertThat(pom).content().contains("<artifactId>maven-failsafe-plugin</artifactId>"));
        }
    }

    private static boolean hasIntegrationTests(Path tests) {
        return Files.isDirectory(tests)
                && javaFiles(tests).anyMatch(file -> file.toString().endsWith("IT.java"));
    }

    /// @param kind `main` or `test`
    private static List<Path> sources(String kind) throws IOException {
        Path folder = Path.of("src", kind, "java");
        try (Stream<Path> modules = Files.list(MODULES)) {
            return modules.map(module -> module.resolve(folder))
                    .filter(Files::isDirectory)
                    .flatMap(ArchitectureTest::javaFiles)
                    .toList();
        }
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The folder of the package, without module and source folder.
    private static Path packageFolder(Path file) {
        return file.subpath(MODULES.getNameCount() + 4, file.getNameCount() - 1);
    }
}
