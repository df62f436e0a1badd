package dev.pier.bench.harness;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The results of a run. For one thread.
public final class Report {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<String, String> machine = new LinkedHashMap<>();
    private final List<Section> sections = new ArrayList<>();
    private final List<Ratio> ratios = new ArrayList<>();

    public Report(Map<String, String> machine) {
        this.machine.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        this.machine.putAll(machine);
    }

    /// Adds a property of the run that is not measured, such as the load of the machine.
    public void note(String what, String value) {
        machine.put(what, value);
    }

    /// Adds a table and prints it.
    public void add(Section section) {
        sections.add(section);
        print(section, System.out);
    }

    /// Adds a ratio with its mark: one side's median divided by another's.
    public void ratio(String name, Row over, Row under, double atLeast) {
        ratios.add(Ratio.atLeast(name, over.value().median() / under.value().median(), atLeast));
    }

    /// The same of a ratio that is better if it is lower.
    public void ratioAtMost(String name, Row over, Row under, double atMost) {
        ratios.add(Ratio.atMost(name, over.value().median() / under.value().median(), atMost));
    }

    /// The same of another figure of both sides, such as their CPU time.
    public void ratioAtMost(String name, String figure, Row over, Row under, double atMost) {
        ratios.add(Ratio.atMost(name, over.figure(figure) / under.figure(figure), atMost));
    }

    /// Adds the ratio of two such ratios: of the first two sides over that of the others.
    public void ratioOfRatios(String name, Row over, Row overBase, Row under, Row underBase, double atLeast) {
        double value = over.value().median()
                / overBase.value().median()
                / (under.value().median() / underBase.value().median());
        ratios.add(Ratio.atLeast(name, value, atLeast));
    }

    /// Prints the marks and writes `NAME.md` and `NAME.json`.
    public void write(Path folder, String name) throws IOException {
        printRatios(System.out);
        Files.createDirectories(folder);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("ratios", ratios);
        all.put("sections", sections);
        Files.writeString(folder.resolve(name + ".json"), JSON.writeValueAsString(all) + "\n");
        try (PrintStream out = new PrintStream(Files.newOutputStream(folder.resolve(name + ".md")))) {
            out.println("# Results of `bin/bench`");
            out.println();
            machine.forEach((what, value) -> out.println("* " + what + ": " + value));
            printRatios(out);
            sections.forEach(section -> print(section, out));
        }
    }

    private void printRatios(PrintStream out) {
        if (ratios.isEmpty()) {
            return;
        }
        out.printf("%n## Marks%n%n| name | measured | mark | |%n|---|---|---|---|%n");
        for (Ratio ratio : ratios) {
            out.printf(
                    "| `%s` | %s | %s | %s |%n",
                    ratio.name(), Spread.text(ratio.value()), ratio.mark(), ratio.reached() ? "reached" : "missed");
        }
    }

    private static void print(Section section, PrintStream out) {
        Set<String> headings = new LinkedHashSet<>();
        section.rows().forEach(row -> headings.addAll(row.figures().keySet()));
        out.printf("%n## %s: %s%n%n", section.comparison(), section.title());
        if (!section.note().isEmpty()) {
            out.printf("%s%n%n", section.note());
        }
        out.printf("| | %s |%s%n", section.unit(), headings.isEmpty() ? "" : " " + String.join(" | ", headings) + " |");
        out.printf("|---|---|%s%n", "---|".repeat(headings.size()));
        for (Row row : section.rows()) {
            out.printf("| %s | %s |", row.side(), row.value());
            for (String heading : headings) {
                Double figure = row.figures().get(heading);
                out.printf(" %s |", figure == null ? "" : Spread.text(figure));
            }
            out.println();
        }
        out.flush();
    }
}
