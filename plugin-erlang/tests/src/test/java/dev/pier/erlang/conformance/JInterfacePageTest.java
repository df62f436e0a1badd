package dev.pier.erlang.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/// Checks that the tests exist that `docs/jinterface.md` names.
class JInterfacePageTest {
    private static final Path PAGE = Path.of("../../docs/jinterface.md");
    private static final Pattern NAME = Pattern.compile("`(\\w+(?:Test|IT)\\.\\w+)`");

    private static Set<String> tests() {
        return TestClasses.all().stream()
                .flatMap(type -> Stream.of(type.getDeclaredMethods())
                        .filter(JInterfacePageTest::isTest)
                        .map(method -> type.getSimpleName() + "." + method.getName()))
                .collect(Collectors.toSet());
    }

    private static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
    }

    @Test
    void everyRowNamesExistingTests() throws IOException {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals("|---|---|---|"))
                .skip(1)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        assertThat(rows).hasSizeGreaterThan(20);
        Set<String> tests = tests();
        for (String row : rows) {
            String shownBy = row.substring(row.lastIndexOf('|', row.length() - 2) + 1);
            List<String> named =
                    NAME.matcher(shownBy).results().map(name -> name.group(1)).toList();
            assertThat(named).as(row).isNotEmpty();
            assertThat(tests).as(row).containsAll(named);
        }
    }
}
