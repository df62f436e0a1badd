package dev.pier.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Checks the links between the pages of the documentation: README.md, the other pages beside it, and `docs/`.
class DocumentationLinksTest {
    private static final Path ROOT = Path.of(System.getProperty("basedir", ""))
            .toAbsolutePath()
            .resolve("..")
            .normalize();
    private static final Path INDEX = ROOT.resolve("docs/index.md");

    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

    /// @param page that has the link
    /// @param target as it is written
    /// @param path that it leads to
    /// @param anchor in that page; empty if there is none
    private record Link(Path page, String target, Path path, String anchor) {
        static Link of(Path page, String target) {
            int hash = target.indexOf('#');
            String path = hash < 0 ? target : target.substring(0, hash);
            Path resolved = path.isEmpty()
                    ? page
                    : page.resolveSibling(path).toAbsolutePath().normalize();
            return new Link(page, target, resolved, hash < 0 ? "" : target.substring(hash + 1));
        }

        boolean isBroken() throws IOException {
            return !path.startsWith(ROOT)
                    || !Files.exists(path)
                    || (!anchor.isEmpty() && !anchors(path).contains(anchor));
        }

        @Override
        public String toString() {
            return ROOT.relativize(page) + " -> " + target;
        }
    }

    private static List<Link> links(Path page) throws IOException {
        String prose = FENCED.matcher(Files.readString(page)).replaceAll("");
        return LINK.matcher(prose)
                .results()
                .map(link -> link.group(1))
                .filter(target -> !ELSEWHERE.matcher(target).matches())
                .map(target -> Link.of(page, target))
                .toList();
    }

    /// The anchors of a page's headings, as GitHub makes them.
    private static Set<String> anchors(Path page) throws IOException {
        String prose = FENCED.matcher(Files.readString(page)).replaceAll("");
        Map<String, Integer> seen = new HashMap<>();
        Set<String> anchors = new LinkedHashSet<>();
        HEADING.matcher(prose).results().forEach(heading -> {
            String anchor = heading.group(1)
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        });
        return anchors;
    }

    private static List<Path> pages(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> allPages() throws IOException {
        List<Path> all = new ArrayList<>(pages(ROOT.resolve("docs")));
        try (Stream<Path> files = Files.list(ROOT)) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(all::add);
        }
        return all;
    }

    @Test
    void everyRelativeLinkResolves() throws IOException {
        Set<String> broken = new TreeSet<>();
        for (Path page : allPages()) {
            for (Link link : links(page)) {
                if (link.isBroken()) {
                    broken.add(link.toString());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyPageIsReachableFromTheIndex() throws IOException {
        Set<Path> reached = new LinkedHashSet<>(Set.of(INDEX));
        Deque<Path> next = new ArrayDeque<>(reached);
        while (!next.isEmpty()) {
            for (Link link : links(next.remove())) {
                // A link to a folder shows its pages.
                List<Path> targets = Files.exists(link.path()) ? pages(link.path()) : List.of();
                targets.stream().filter(reached::add).forEach(next::add);
            }
        }
        assertThat(reached).containsAll(allPages());
    }

    @Test
    void theReadmeLeadsToTheIndex() throws IOException {
        assertThat(links(ROOT.resolve("README.md"))).extracting(Link::path).contains(INDEX);
    }
}
