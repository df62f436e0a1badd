package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.pier.erlang.AsAtom;
import dev.pier.erlang.AsCharlist;
import dev.pier.erlang.AsTuple;
import dev.pier.erlang.BadBody;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Charlist;
import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;

/// Replays the tables of `docs/results.md`.
class ResultsPageTest {
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");

    record User(String name, int age) {}

    @AsTuple("point")
    record Point(int x, int y) {}

    @AsTuple
    record Range(int from, int to) {}

    record Query(@AsAtom String table, @AsCharlist String path) {}

    enum State {
        ACTIVE,
        @JsonProperty("on_hold")
        WAITING
    }

    sealed interface Found {}

    @AsTuple("ok")
    record Hit(User user) implements Found {}

    @AsTuple("error")
    record Miss(String reason) implements Found {}

    /// What the first cell of a row stands for: all these become the same term.
    private static final Map<String, List<@Nullable Object>> WRITTEN = written();

    private static final Map<String, Type> TYPES = Map.ofEntries(
            Map.entry("String", String.class),
            Map.entry("byte[]", byte[].class),
            Map.entry("long", long.class),
            Map.entry("double", double.class),
            Map.entry("Optional<String>", new TypeReference<Optional<String>>() {}.getType()),
            Map.entry("Atom", Atom.class),
            Map.entry("List<Integer>", new TypeReference<List<Integer>>() {}.getType()),
            Map.entry("List<String>", new TypeReference<List<String>>() {}.getType()),
            Map.entry("User", User.class),
            Map.entry("Map<String,Integer>", new TypeReference<Map<String, Integer>>() {}.getType()),
            Map.entry("Map<Long,Integer>", new TypeReference<Map<Long, Integer>>() {}.getType()),
            Map.entry("Point", Point.class),
            Map.entry("State", State.class),
            Map.entry("Found", Found.class),
            Map.entry("LocalDate", LocalDate.class),
            Map.entry("UUID", UUID.class),
            Map.entry("Term", Term.class),
            Map.entry("Object", Object.class));

    private static final Map<String, JsonOptions> OPTIONS = Map.of(
            "charlists = array", JsonOptions.DEFAULT.withCharlistsAsText(false),
            "chardata = text", JsonOptions.DEFAULT.withChardataAsText(true),
            "proplists = object", JsonOptions.DEFAULT.withProplistsAsObjects(true),
            "structs = drop", JsonOptions.DEFAULT,
            "structs = keep", JsonOptions.DEFAULT.withStructNames(true),
            "binaries = base64-url", JsonOptions.DEFAULT.withBinaries(JsonOptions.Binaries.BASE64_URL),
            "binaries = array", JsonOptions.DEFAULT.withBinaries(JsonOptions.Binaries.ARRAY));

    private static Map<String, List<@Nullable Object>> written() {
        Map<String, List<@Nullable Object>> rows = new LinkedHashMap<>();
        rows.put("\"Grüße\"", List.of("Grüße"));
        rows.put("Atom.of(\"ok\")", List.of(Atom.of("ok")));
        rows.put("42", List.of(42, 42L, BigInteger.valueOf(42)));
        rows.put("1.5", List.of(1.5));
        rows.put("new BigDecimal(\"19.99\")", List.of(new BigDecimal("19.99")));
        rows.put("true", List.of(true));
        rows.put("null", Arrays.asList(null, Optional.empty()));
        rows.put("new byte[] {1, 2}", List.of(new byte[] {1, 2}, ByteBuffer.wrap(new byte[] {1, 2})));
        rows.put(
                "List.of(1, \"a\")",
                List.of(
                        List.of(1, "a"),
                        new Object[] {1, "a"},
                        new LinkedHashSet<>(List.of(1, "a")),
                        Stream.of(1, "a")));
        rows.put("Charlist.of(\"abc\")", List.of(Charlist.of("abc")));
        rows.put("Tuple.of(Atom.OK, Term)", List.of(Tuple.of(Atom.OK, IntegerTerm.of(1))));
        rows.put("record User(String name, int age)", List.of(new User("Ann", 30)));
        rows.put("@AsTuple(\"point\") record Point(int x, int y)", List.of(new Point(1, 2)));
        rows.put("@AsTuple record Range(int from, int to)", List.of(new Range(1, 9)));
        rows.put("record Query(@AsAtom String table, @AsCharlist String path)", List.of(new Query("users", "/tmp")));
        rows.put("Map.of(\"name\", 1)", List.of(Map.of("name", 1)));
        rows.put("Map.of(1, \"a\")", List.of(Map.of(1, "a")));
        rows.put("enum State { ACTIVE }", List.of(State.ACTIVE));
        rows.put("enum State { @JsonProperty(\"on_hold\") WAITING }", List.of(State.WAITING));
        rows.put("Instant", List.of(Instant.parse("2026-01-02T03:04:05Z")));
        return rows;
    }

    /// The cells of the table under that heading whose first column has that title.
    static List<List<String>> table(String heading, String firstColumn) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        boolean inSection = false;
        boolean inTable = false;
        for (String line : Files.readAllLines(page(), StandardCharsets.UTF_8)) {
            if (line.startsWith("## ")) {
                inSection = line.equals("## " + heading);
            }
            boolean row = inSection && line.startsWith("|");
            if (row && line.startsWith("| " + firstColumn + " |")) {
                inTable = true;
            } else if (!row) {
                inTable = false;
            } else if (inTable && !line.startsWith("|---")) {
                String cells = line.substring(1, line.length() - 1);
                rows.add(Arrays.stream(cells.split("(?<!\\\\)\\|"))
                        .map(cell -> cell.strip().replace("\\|", "|"))
                        .toList());
            }
        }
        assertThat(rows).as("rows of the table under " + heading).isNotEmpty();
        return rows;
    }

    private static Path page() {
        Path here = Path.of("docs/results.md");
        return Files.exists(here) ? here : Path.of("../../docs/results.md");
    }

    static List<String> codes(String cell) {
        Matcher matcher = CODE.matcher(cell);
        List<String> codes = new ArrayList<>();
        while (matcher.find()) {
            codes.add(Objects.requireNonNull(matcher.group(1)));
        }
        return codes;
    }

    static Stream<List<String>> javaToErlang() throws IOException {
        return table("Java to Erlang", "Java").stream()
                .filter(row -> !row.get(1).equals("itself"));
    }

    @ParameterizedTest
    @MethodSource
    void javaToErlang(List<String> row) {
        String first = codes(row.get(0)).getFirst();
        assertThat(WRITTEN).as("an example for each row").containsKey(first);
        for (Object value : Objects.requireNonNull(WRITTEN.get(first))) {
            var out = new EtfOutput(64);
            new EtfValueMapper().write(value, out);
            assertThat(EncodedTerm.of(out.toByteArray()).decode(DecodeLimits.DEFAULT))
                    .isEqualTo(Term.parse(codes(row.get(1)).getFirst()));
        }
    }

    static Stream<List<String>> erlangToJava() throws IOException {
        return table("Erlang to Java", "Erlang").stream();
    }

    @ParameterizedTest
    @MethodSource
    void erlangToJava(List<String> row) {
        Type type = Objects.requireNonNull(TYPES.get(codes(row.get(1)).getFirst()));
        for (String text : codes(row.get(0))) {
            Object value = new EtfValueMapper().read(EncodedTerm.of(Term.parse(text)), type);
            String shown = value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
            assertThat(shown).as(text).isEqualTo(codes(row.get(2)).getFirst());
        }
    }

    static Stream<List<String>> erlangToJson() throws IOException {
        return table("Erlang to JSON", "Erlang").stream();
    }

    @ParameterizedTest
    @MethodSource
    void erlangToJson(List<String> row) throws IOException {
        assertThat(json(codes(row.get(0)).getFirst(), JsonOptions.DEFAULT))
                .isEqualTo(codes(row.get(1)).getFirst());
    }

    static Stream<List<String>> jsonToErlang() throws IOException {
        return table("JSON to Erlang", "JSON").stream();
    }

    @ParameterizedTest
    @MethodSource
    void jsonToErlang(List<String> row) {
        for (String json : codes(row.get(0))) {
            assertThat(Term.fromJson(json))
                    .as(json)
                    .isEqualTo(Term.parse(codes(row.get(1)).getFirst()));
        }
    }

    static Stream<List<String>> refusedJson() throws IOException {
        return table("JSON to Erlang", "refused JSON").stream();
    }

    @ParameterizedTest
    @MethodSource
    void refusedJson(List<String> row) {
        for (String json : codes(row.get(0))) {
            assertThatThrownBy(() -> Term.fromJson(json))
                    .as(json)
                    .isInstanceOf(BadBody.class)
                    .hasMessage(codes(row.get(1)).getFirst());
        }
    }

    static Stream<List<String>> records() throws IOException {
        return table("Records", "Erlang").stream();
    }

    @ParameterizedTest
    @MethodSource
    void records(List<String> row) throws IOException {
        EncodedTerm term = EncodedTerm.of(Term.parse(codes(row.get(0)).getFirst()));
        String wanted = codes(row.get(1)).getFirst();
        ValueMapper mapper = new EtfValueMapper()
                .with(CallOptions.DEFAULT.withRecords(RecordDefinitions.parse("-record(user, {name, age}).")));
        var json = new ByteArrayOutputStream();
        mapper.writeJson(term, json);
        String shown = wanted.equals("JSON")
                ? json.toString(StandardCharsets.UTF_8)
                : String.valueOf(mapper.read(term, Objects.requireNonNull(TYPES.get(wanted))));
        assertThat(shown).isEqualTo(codes(row.get(2)).getFirst());
    }

    static Stream<List<String>> nativeRecords() throws IOException {
        return table("Native records", "Erlang").stream();
    }

    @ParameterizedTest
    @MethodSource
    void nativeRecords(List<String> row) throws IOException {
        String text = codes(row.get(0)).getFirst();
        String wanted = codes(row.get(1)).getFirst();
        String shown = wanted.equals("JSON")
                ? json(text, JsonOptions.DEFAULT)
                : String.valueOf(new EtfValueMapper()
                        .read(EncodedTerm.of(Term.parse(text)), Objects.requireNonNull(TYPES.get(wanted))));
        assertThat(shown).isEqualTo(codes(row.get(2)).getFirst());
    }

    static Stream<List<String>> jsonOptions() throws IOException {
        return table("Erlang to JSON", "option").stream();
    }

    @ParameterizedTest
    @MethodSource
    void jsonOptions(List<String> row) throws IOException {
        JsonOptions options =
                Objects.requireNonNull(OPTIONS.get(codes(row.get(0)).getFirst()));
        assertThat(json(codes(row.get(1)).getFirst(), options))
                .isEqualTo(codes(row.get(2)).getFirst());
    }

    private static String json(String text, JsonOptions options) throws IOException {
        var out = new ByteArrayOutputStream();
        new EtfValueMapper(new EtfMapper(), options).writeJson(EncodedTerm.of(Term.parse(text)), out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
