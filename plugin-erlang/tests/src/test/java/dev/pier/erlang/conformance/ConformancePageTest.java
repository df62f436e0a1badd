package dev.pier.erlang.conformance;

import static org.assertj.core.api.Assertions.assertThat;

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

/// Keeps `docs/conformance.md` to what the tests show: its tables are these, row by row.
class ConformancePageTest {
    private static final Path PAGE = Path.of("../../docs/conformance.md");

    /// The control messages that there are, or were. SPEC: erl_dist_protocol; 37 is of OTP 28.
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
                .map(row -> new Row(Section.CONTROL, row + ".", ControlMessagesIT.class.getSimpleName()))
                .forEach(rows::add);
        for (Class<?> type : TestClasses.all()) {
            Stream.of(type.getDeclaredMethods())
                    .sorted(Comparator.comparing(Method::getName))
                    .forEach(method -> Stream.of(method.getAnnotationsByType(Says.class))
                            .map(says ->
                                    new Row(says.in(), says.value(), type.getSimpleName() + "." + method.getName()))
                            .forEach(rows::add));
        }
        // Within a section in the order of the operations, where rows have one, and else as they came.
        rows.sort(Comparator.comparing(Row::section).thenComparingInt(row -> operation(row.says())));
        return rows;
    }

    private static int operation(String says) {
        String first = says.substring(0, says.indexOf(' '));
        return first.chars().allMatch(Character::isDigit) ? Integer.parseInt(first) : 0;
    }

    @Test
    void thePageListsWhatIsShown() throws IOException {
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
    void everyControlMessageIsThere() {
        assertThat(rows().stream()
                        .filter(row -> row.section() == Section.CONTROL)
                        .map(row -> operation(row.says()))
                        .distinct())
                .containsExactlyElementsOf(OPERATIONS);
    }
}
