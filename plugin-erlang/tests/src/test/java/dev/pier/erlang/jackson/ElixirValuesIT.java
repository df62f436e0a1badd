package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.AsKeyword;
import dev.pier.erlang.AsStruct;
import dev.pier.erlang.Elixir;
import dev.pier.erlang.ElixirStruct;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

/// Replays the tables of `docs/results.md` about Elixir's values, with a real Elixir.
class ElixirValuesIT {
    @RegisterExtension
    static final ErlangPeer erlang =
            ErlangPeer.with().codePath(ElixirInstallation.modules()).start();

    private static TestNode node;
    private static Peer peer;

    @ElixirStruct("MyApp.User")
    record User(String name, int age) {}

    @AsKeyword
    record Options(
            @Nullable Integer timeout,
            @Nullable Boolean retry,
            @Nullable String label) {}

    record Booking(
            @AsStruct LocalDate day,
            @AsStruct BigDecimal price,
            @AsStruct Set<String> tags) {}

    private static final JsonMapper PLAIN_JSON = JsonMapper.shared();

    private static final Map<String, Object> WRITTEN = Map.ofEntries(
            Map.entry("new User(\"Ann\", 30)", new User("Ann", 30)),
            Map.entry("new Options(5000, null, \"x\")", new Options(5000, null, "x")),
            Map.entry("new Options(null, null, null)", new Options(null, null, null)),
            Map.entry(
                    "new Booking(LocalDate.of(2026, 1, 2), new BigDecimal(\"9.90\"), Set.of(\"a\"))",
                    new Booking(LocalDate.of(2026, 1, 2), new BigDecimal("9.90"), Set.of("a"))),
            Map.entry(
                    "Elixir.struct(Instant.parse(\"2026-01-02T03:04:05Z\"))",
                    Elixir.struct(Instant.parse("2026-01-02T03:04:05Z"))),
            Map.entry(
                    "Elixir.struct(OffsetDateTime.parse(\"2026-01-02T03:04:05.5+01:00\"))",
                    Elixir.struct(OffsetDateTime.parse("2026-01-02T03:04:05.5+01:00"))),
            Map.entry(
                    "Elixir.struct(ZonedDateTime.parse(\"2026-07-02T03:04:05+02:00[Europe/Berlin]\"))",
                    Elixir.struct(ZonedDateTime.parse("2026-07-02T03:04:05+02:00[Europe/Berlin]"))),
            Map.entry(
                    "Elixir.struct(LocalDateTime.parse(\"2026-01-02T03:04:05\"))",
                    Elixir.struct(LocalDateTime.parse("2026-01-02T03:04:05"))),
            Map.entry(
                    "Elixir.struct(LocalTime.parse(\"03:04:05.000678\"))",
                    Elixir.struct(LocalTime.parse("03:04:05.000678"))),
            Map.entry("Elixir.struct(new BigDecimal(\"-5E+3\"))", Elixir.struct(new BigDecimal("-5E+3"))),
            Map.entry(
                    "Elixir.struct(URI.create(\"https://host/a?q=1\"))",
                    Elixir.struct(URI.create("https://host/a?q=1"))),
            Map.entry("LocalDate.of(2026, 1, 2)", LocalDate.of(2026, 1, 2)));

    private static final Map<String, Function<Reply, Object>> READ = Map.ofEntries(
            Map.entry("User", reply -> reply.as(User.class)),
            Map.entry("Options", reply -> reply.as(Options.class)),
            Map.entry("Map<String,Object>", reply -> reply.as(new TypeReference<Map<String, Object>>() {})),
            Map.entry("Instant", reply -> reply.as(Instant.class)),
            Map.entry("OffsetDateTime", reply -> reply.as(OffsetDateTime.class)),
            Map.entry("ZonedDateTime", reply -> reply.as(ZonedDateTime.class)),
            Map.entry("LocalDateTime", reply -> reply.as(LocalDateTime.class)),
            Map.entry("LocalDate", reply -> reply.as(LocalDate.class)),
            Map.entry("LocalTime", reply -> reply.as(LocalTime.class)),
            Map.entry("BigDecimal", reply -> reply.as(BigDecimal.class)),
            Map.entry("Set<String>", reply -> new TreeSet<>(reply.as(new TypeReference<Set<String>>() {}))),
            Map.entry("URI", reply -> reply.as(URI.class)),
            Map.entry("JSON", ElixirValuesIT::json));

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        peer = node.peer(erlang);
        erlang.eval("{ok, _} = application:ensure_all_started(elixir)");
        elixir("defmodule MyApp.User do defstruct [:name, :age] end");
        // The library is not part of Elixir; this is the struct that it defines.
        elixir("defmodule Decimal do defstruct sign: 1, coef: 0, exp: 0 end");
        erlang.compile("""
                -module(elixir_judge).
                -export([value/1, same/2]).
                value(Code) -> {Value, _} = 'Elixir.Code':eval_string(Code), Value.
                same(Code, Value) ->
                    case current(value(Code)) =:= Value of
                        true -> <<"same">>;
                        false -> 'Elixir.Kernel':inspect(Value)
                    end.
                %% As newer versions of Elixir have it: those before 1.15 have the field version in a MapSet.
                current(#{'__struct__' := 'Elixir.MapSet'} = Set) -> maps:remove(version, Set);
                current(#{} = Map) -> maps:map(fun(_, Value) -> current(Value) end, Map);
                current(Value) -> Value.
                """);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static void elixir(String code) {
        Reply _ = peer.call("Elixir.Code", "eval_string", code);
    }

    private static String json(Reply reply) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            reply.writeJson(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void eachValueOfElixirIsReadAsInTheTable() throws IOException {
        for (List<String> row : ResultsPageTest.table("Elixir's values", "Elixir")) {
            String code = ResultsPageTest.codes(row.get(0)).getFirst();
            Function<Reply, Object> reading = Objects.requireNonNull(
                    READ.get(ResultsPageTest.codes(row.get(1)).getFirst()), row.get(1));
            String read = String.valueOf(reading.apply(peer.call("elixir_judge", "value", code)));
            String wanted = ResultsPageTest.codes(row.get(2)).getFirst();
            // Since OTP 26, the keys of a map have no order, and so the members of its JSON.
            assertThat(read)
                    .as(code)
                    .satisfiesAnyOf(
                            it -> assertThat(it).isEqualTo(wanted),
                            it -> assertThat(PLAIN_JSON.readTree(it)).isEqualTo(PLAIN_JSON.readTree(wanted)));
        }
    }

    @Test
    void eachValueOfJavaIsWrittenAsInTheTable() throws IOException {
        for (List<String> row : ResultsPageTest.table("Elixir's values", "Java writes")) {
            Object value = WRITTEN.get(ResultsPageTest.codes(row.get(0)).getFirst());
            assertThat(value).as(row.get(0)).isNotNull();
            String code = ResultsPageTest.codes(row.get(1)).getFirst();
            assertThat(peer.call("elixir_judge", "same", code, value).as(String.class))
                    .as(code)
                    .isEqualTo("same");
        }
    }

    @Test
    void structsWithoutAValueInJavaAreRefused() {
        for (String code : List.of(
                "%Decimal{coef: :NaN}",
                "%Decimal{coef: 1, exp: 99999999999}",
                "%{~D[2026-01-02] | calendar: Other}",
                "%{~D[2026-01-02] | month: 13}",
                "Map.delete(~D[2026-01-02], :day)",
                "~D[2026-01-02]")) {
            Reply reply = peer.call("elixir_judge", "value", code);
            Class<?> type =
                    code.contains("Decimal") ? BigDecimal.class : code.startsWith("~") ? User.class : LocalDate.class;
            assertThatThrownBy(() -> reply.as(type)).as(code).isInstanceOf(UnexpectedTerm.class);
        }
        Reply plain = peer.call("elixir_judge", "value", "%{name: \"Ann\", age: 30}");
        assertThatThrownBy(() -> plain.as(User.class)).hasMessageContaining("expected %MyApp.User{}, got map");
        Reply other = peer.call("elixir_judge", "value", "~D[2026-01-02]");
        assertThatThrownBy(() -> other.as(User.class)).hasMessageContaining("expected %MyApp.User{}, got %Date{}");
    }

    sealed interface Shape {}

    @ElixirStruct("Circle")
    record Circle(int radius) implements Shape {}

    @ElixirStruct("Square")
    record Square(int side) implements Shape {}

    @Test
    void aSealedTypeIsReadByTheNameOfTheStruct() {
        elixir("defmodule Circle do defstruct [:radius] end; defmodule Square do defstruct [:side] end");
        Reply shapes = peer.call("elixir_judge", "value", "[%Square{side: 1}, %Circle{radius: 2}]");
        assertThat(shapes.as(new TypeReference<List<Shape>>() {})).containsExactly(new Square(1), new Circle(2));
    }
}
