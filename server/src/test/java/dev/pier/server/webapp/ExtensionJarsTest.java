package dev.pier.server.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

class ExtensionJarsTest {
    @TempDir
    Path folder;

    @AfterEach
    void clear() {
        System.clearProperty(ExtensionJars.PROPERTY);
    }

    private static ExtensionJars installed(Path... jars) {
        String[] names = new String[jars.length];
        for (int i = 0; i < jars.length; i++) {
            names[i] = jars[i].toString();
        }
        System.setProperty(ExtensionJars.PROPERTY, String.join(File.pathSeparator, names));
        return ExtensionJars.installed();
    }

    private Path jar(String name) throws Exception {
        Path jar = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("driver.txt"));
        }
        return jar;
    }

    private static URL resource(Path jar) throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            return loader.getResource("driver.txt");
        }
    }

    @Test
    void resourcesBelongToTheirJars() throws Exception {
        Path first = jar("first one ü.jar");
        Path second = jar("second.jar");

        assertThat(installed(first, second).has(resource(first))).isTrue();
        assertThat(installed(first, second).has(resource(second))).isTrue();
        assertThat(installed(first).has(resource(second))).isFalse();
        assertThat(installed().has(resource(first))).isFalse();
    }

    @Test
    void aLinkIsTheJarBehindIt() throws Exception {
        Path jar = jar("driver-1.0.jar");
        Path link = Files.createSymbolicLink(folder.resolve("driver.jar"), jar);

        assertThat(installed(link).has(resource(jar))).isTrue();
    }

    @Test
    void classesBelongToTheirJars() {
        Path slf4j = Path.of(
                Logger.class.getProtectionDomain().getCodeSource().getLocation().getPath());

        assertThat(installed(slf4j).has(Logger.class)).isTrue();
        assertThat(installed(slf4j).has(Test.class)).isFalse();
        assertThat(installed(slf4j).has(String.class)).isFalse();
    }
}
