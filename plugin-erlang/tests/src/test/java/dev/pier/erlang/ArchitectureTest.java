package dev.pier.erlang;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses PLUGIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.pier.erlang..");

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("dev.pier.erlang.(**)").should().beFreeOfCycles().check(PLUGIN);
        noClasses()
                .that()
                .resideInAPackage("dev.pier.erlang.term")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.pier.erlang")
                .check(PLUGIN);
    }

    @Test
    void theApiKnowsNoImplementation() {
        classes()
                .that()
                .resideInAPackage("dev.pier.erlang")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.pier.erlang", "dev.pier.erlang.term", "java..", "org.jspecify.annotations")
                .check(PLUGIN);
    }

    @Test
    void helpersForServletsSeeOnlyTheApi() {
        classes()
                .that()
                .resideInAPackage("dev.pier.erlang.servlet")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.pier.erlang",
                        "dev.pier.erlang.term",
                        "dev.pier.erlang.servlet",
                        "java..",
                        "jakarta..",
                        "org.slf4j",
                        "org.jspecify.annotations")
                .check(PLUGIN);
    }

    @Test
    void onlyThePluginPackageKnowsTheServer() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.pier.erlang.plugin")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.pier.server..", "io.micrometer..", "com.typesafe..")
                .check(PLUGIN);
    }

    @Test
    void pureCodeHasNeitherThreadsNorSockets() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.pier.erlang.term", "dev.pier.erlang.etf", "dev.pier.erlang.dist")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.nio.channels..",
                        "java.util.concurrent",
                        "java.util.concurrent.locks",
                        "org.slf4j..")
                .check(PLUGIN);
    }
}
