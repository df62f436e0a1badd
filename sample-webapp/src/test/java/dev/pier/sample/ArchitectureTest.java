package dev.pier.sample;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void theSampleDependsOnTheApiOnly() {
        JavaClasses sample = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.pier.sample");

        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.pier.sample..",
                        "dev.pier.erlang",
                        "dev.pier.erlang.term",
                        "dev.pier.erlang.servlet",
                        "dev.pier.erlang.servlet.socket",
                        "jakarta.servlet..",
                        "jakarta.annotation",
                        "jakarta.websocket..",
                        "java..",
                        "org.jspecify.annotations")
                .check(sample);
    }
}
