package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the archive has to carry beside the programs: licences, the list of its parts, and the documentation.
class ArchiveIT {
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+\\.jar)` \\| ([^|]+) \\|.*");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]+)[^)]*\\)");

    @Test
    void theLicenceOfEachLibraryIsThere() throws IOException {
        Path licences = Distribution.home().resolve("licenses");
        List<String> listed = new ArrayList<>();
        for (String line : Files.readAllLines(licences.resolve("README.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                String jar = row.group(1);
                listed.add(jar);
                List<String> names = List.of(row.group(2).split(" or ", -1));
                assertThat(hasText(licences, jar, names))
                        .as("a text for " + jar + ", which is under " + names)
                        .isTrue();
            }
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(libraries());
        assertThat(Distribution.home().resolve("LICENSE")).content().contains("Apache License", "Version 2.0");
        assertThat(Distribution.home().resolve("NOTICE")).isNotEmptyFile();
    }

    private static boolean hasText(Path licences, String jar, List<String> names) {
        return Files.isDirectory(licences.resolve(jar.substring(0, jar.length() - ".jar".length())))
                || names.contains("Apache-2.0")
                || names.stream()
                        .anyMatch(name -> Files.exists(licences.resolve(name + ".txt"))
                                || (jar.startsWith("asm-") && Files.exists(licences.resolve("ASM-" + name + ".txt"))));
    }

    @Test
    void theSbomNamesEachJar() throws IOException {
        String sbom = Files.readString(Distribution.home().resolve("sbom.json"));
        assertThat(sbom).contains("\"bomFormat\" : \"CycloneDX\"");
        for (String jar : jars()) {
            Matcher parts = Pattern.compile("(.+?)-(\\d.*)\\.jar").matcher(jar);
            assertThat(parts.matches()).as(jar).isTrue();
            assertThat(sbom)
                    .as(jar)
                    .containsPattern("\"purl\" : \"pkg:maven/[^\"]*/" + Pattern.quote(parts.group(1)) + "@"
                            + Pattern.quote(parts.group(2)) + "\\?type=jar\"");
        }
    }

    /// Links to Pier's own sources lead out of the archive, to the repository; [their
    /// targets][Distribution#sources()] are looked for there.
    @Test
    void theLinksOfTheDocumentationLeadToItsPages() throws IOException {
        Path home = Distribution.home();
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                String target = link.group(1);
                if (target.contains("://") || target.startsWith("mailto:")) {
                    continue;
                }
                Path file = page.resolveSibling(target).normalize();
                boolean ownSource = Stream.of(
                                "assembly",
                                "bench",
                                "bin",
                                "embedded",
                                "pem",
                                "plugin-datasource",
                                "plugin-erlang",
                                "server",
                                "server-api")
                        .anyMatch(module -> file.startsWith(home.resolve(module)));
                Path found = ownSource ? Distribution.sources().resolve(home.relativize(file)) : file;
                if (!Files.exists(found)) {
                    broken.add(home.relativize(page) + " -> " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> files = Files.list(Distribution.home());
                Stream<Path> docs = Files.walk(Distribution.home().resolve("docs"))) {
            Stream.concat(files, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .forEach(pages::add);
        }
        assertThat(pages).hasSizeGreaterThan(10);
        return pages;
    }

    private static List<String> libraries() {
        return jars().stream().filter(jar -> !jar.startsWith("pier-")).toList();
    }

    private static List<String> jars() {
        try (Stream<Path> lib = Files.list(Distribution.home().resolve("lib"))) {
            return lib.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
