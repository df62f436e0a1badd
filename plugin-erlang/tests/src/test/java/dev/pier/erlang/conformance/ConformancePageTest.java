package dev.pier.erlang.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.conformance.control.SignalTable;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Compares the tables of `docs/conformance.md` with the annotations of the tests, row by row.
class ConformancePageTest {
    private static final Path PAGE = Path.of("../../docs/conformance.md");

    /// The current and obsolete control messages. SPEC: erl_dist_protocol Protocol between Connected Nodes; 37
    /// is new in OTP 28.
    private static final List<Integer> OPERATIONS = Stream.concat(
                    IntStream.of(1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 16, 18).boxed(),
                    IntStream.rangeClosed(19, 37).boxed())
            .toList();

    private record Row(Section section, String says, String test) {
        @Override
        public String toString() {
            return "| " + says + " | `" + test + "` |";
        }
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        SignalTable.cases().stream()
                .map(row -> new Row(Section.CONTROL, row + ".", SignalTable.SHOWN_BY))
                .forEach(rows::add);
        for (Class<?> type : TestClasses.all()) {
            Stream.of(type.getDeclaredMethods())
                    .sorted(Comparator.comparing(Method::getName))
                    .forEach(method -> Stream.of(method.getAnnotationsByType(Says.class))
                            .map(says ->
                                    new Row(says.in(), says.value(), type.getSimpleName() + "." + method.getName()))
                            .forEach(rows::add));
        }
        // Within a section by operation number where rows have one, else in the order of the tests.
        rows.sort(Comparator.comparing(Row::section).thenComparingInt(row -> operation(row.says())));
        return rows;
    }

    private static int operation(String says) {
        String first = says.substring(0, says.indexOf(' '));
        return first.chars().allMatch(Character::isDigit) ? Integer.parseInt(first) : 0;
    }

    @Test
    void thePageListsTheRulesOfTheTests() throws IOException {
        List<String> expected = new ArrayList<>();
        for (Section section : Section.values()) {
            expected.add("## " + section.title());
            expected.add("*" + section.document() + "*");
            expected.add("| rule | shown by |");
            expected.add("|---|---|");
            rows().stream()
                    .filter(row -> row.section() == section)
                    .map(Row::toString)
                    .forEach(expected::add);
        }
        String page = Files.readString(PAGE);
        String tables = page.substring(page.indexOf("\n## "));
        assertThat(tables.lines().filter(line -> !line.isEmpty()))
                .as("the tables should be\n\n%s\n", String.join("\n", expected))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void thePageHasEveryControlMessage() {
        assertThat(rows().stream()
                        .filter(row -> row.section() == Section.CONTROL)
                        .map(row -> operation(row.says()))
                        .distinct())
                .containsExactlyElementsOf(OPERATIONS);
    }
}
