package dev.pier.erlang.servlet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ServletPackageTest {
    @Test
    void thePackageDependsOnTheApiAlone() {
        JavaClasses servlet = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.pier.erlang.servlet");

        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.pier.erlang.servlet..",
                        "dev.pier.erlang",
                        "dev.pier.erlang.internal",
                        "dev.pier.erlang.term",
                        "jakarta.servlet..",
                        "jakarta.websocket..",
                        "java..",
                        "org.jspecify.annotations",
                        "org.slf4j..")
                .check(servlet);
    }
}
