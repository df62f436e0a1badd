package dev.pier.assembly.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Runs Deque's axe-core, an accessibility checker, on the page as it is currently shown.
final class Axe {
    private static final String SOURCE = source();

    private Axe() {}

    /// The serious and critical violations: one line per violation, with the elements.
    static List<String> findings(Browser browser) {
        return findings(browser, "html");
    }

    /// The same for one part of the page.
    static List<String> findings(Browser browser, String selector) {
        browser.run(SOURCE);
        Object found = browser.runAsync("""
                const done = arguments[arguments.length - 1];
                axe.run(arguments[0], { resultTypes: ['violations'] }).then(
                    (result) => done(result.violations.map(({ id, impact, help, nodes }) =>
                        ({ impact, text: `${impact}: ${id}, ${help}: ${nodes.map((n) => n.target.join(' ')
                            + ' (' + n.failureSummary + ')').join('; ')}` }))),
                    (error) => done([{ impact: 'critical', text: String(error) }]));
                """, selector);
        return ((List<?>) found)
                .stream()
                        .map(finding -> (Map<?, ?>) finding)
                        .filter(finding ->
                                List.of("serious", "critical").contains(String.valueOf(finding.get("impact"))))
                        .map(finding -> String.valueOf(finding.get("text")))
                        .toList();
    }

    private static String source() {
        try (InputStream script = Objects.requireNonNull(Axe.class.getResourceAsStream("/axe.min.js"), "axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
