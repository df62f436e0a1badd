package dev.pier.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static JavaClasses classes = new ClassFileImporter().importClasses();

    @BeforeAll
    static void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.pier.server");
        assertThat(classes).isNotEmpty();
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.pier.server.(**)").should().beFreeOfCycles().check(classes);
        noClasses()
                .that()
                .resideInAPackage("dev.pier.server.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.pier.server")
                .check(classes);
    }

    @Test
    void onlySevenPackagesUseJetty() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.pier.server.http..",
                        "dev.pier.server.login..",
                        "dev.pier.server.mount..",
                        "dev.pier.server.webapp..",
                        "dev.pier.server.session..",
                        "dev.pier.server.admin..",
                        "dev.pier.server.websocket..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.eclipse.jetty..")
                .check(classes);
    }

    /// It is an optional dependency.
    @Test
    void onlyOnePackageUsesOpenTelemetry() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.pier.server.trace")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .check(classes);
    }

    @Test
    void pluginSpiDoesNotDependOnTheImplementation() {
        noClasses()
                .that()
                .resideInAPackage("dev.pier.server.plugin")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.pier.server.http..",
                        "dev.pier.server.webapp..",
                        "dev.pier.server.admin..",
                        "dev.pier.server.mount..",
                        "dev.pier.server.websocket..")
                .check(classes);
    }

    @Test
    void mainSourcesDoNotMentionAPlugin() throws Exception {
        try (var files = Files.walk(Path.of("src/main"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file).toLowerCase(Locale.ROOT))
                        .as(file.toString())
                        .doesNotContain("erlang");
            }
        }
    }
}
