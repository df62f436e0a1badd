package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.AsAtom;
import dev.pier.erlang.AsKeyword;
import dev.pier.erlang.AsStruct;
import dev.pier.erlang.AsTuple;
import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Elixir;
import dev.pier.erlang.ElixirStruct;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Records as keyword lists and as structs of Elixir, without an Elixir.
class MapShapesTest {
    private static final EtfValueMapper MAPPER = new EtfValueMapper();

    @ElixirStruct("MyApp.User")
    record User(String name, @AsAtom @Nullable String role, Options options) {}

    @AsKeyword
    record Options(
            @Nullable Integer timeout,
            Optional<String> label,
            List<Integer> sizes,
            @Nullable Options nested) {}

    @ElixirStruct("MyApp.Empty")
    record Empty() {}

    @AsKeyword
    record None() {}

    @AsKeyword
    static final class NoRecord {
        public int value() {
            return 1;
        }
    }

    @AsTuple
    @ElixirStruct("Both")
    record Both(int value) {}

    record Times(
            @AsStruct List<LocalDate> days,
            @AsStruct Set<Integer> numbers,
            @AsStruct Instant at) {}

    private static Term written(@Nullable Object value) {
        EtfOutput out = new EtfOutput(64);
        MAPPER.write(value, out);
        return EncodedTerm.of(out.toByteArray()).decode(DecodeLimits.DEFAULT);
    }

    private static <T> T read(String term, Class<T> type) {
        return type.cast(Objects.requireNonNull(MAPPER.read(EncodedTerm.of(Term.parse(term)), type)));
    }

    @Test
    void structsAndKeywordListsGoBothWays() {
        Options inner = new Options(1, Optional.empty(), List.of(), null);
        User user = new User("Ann", "admin", new Options(null, Optional.of("x"), List.of(7), inner));
        String term = "#{'__struct__' => 'Elixir.MyApp.User',name => <<\"Ann\">>,role => admin,"
                + "options => [{label,<<\"x\">>},{sizes,[7]},{nested,[{timeout,1},{sizes,[]}]}]}";
        assertThat(written(user)).isEqualTo(Term.parse(term));
        assertThat(read(term, User.class).name()).isEqualTo("Ann");
        assertThat(read(term, User.class).options().nested())
                .extracting(Options::timeout)
                .isEqualTo(1);
        assertThat(written(List.of(new Empty(), new None())))
                .isEqualTo(Term.parse("[#{'__struct__' => 'Elixir.MyApp.Empty'},[]]"));
        assertThat(read("#{'__struct__' => 'Elixir.MyApp.Empty',more => 1}", Empty.class))
                .isEqualTo(new Empty());
    }

    @Test
    void theNameOfAStructMayBeAnywhere() {
        String fields = "<<\"a\">> => 1,{b} => 2,name => <<\"Ann\">>,role => nil,options => []";
        assertThat(read("#{" + fields + ",'__struct__' => 'Elixir.MyApp.User'}", User.class)
                        .name())
                .isEqualTo("Ann");
        assertThatThrownBy(() -> read("#{" + fields + "}", User.class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageStartingWith("expected %MyApp.User{}, got map");
        assertThatThrownBy(() -> read("#{" + fields + ",'__struct__' => 'Elixir.Other'}", User.class))
                .hasMessage("expected %MyApp.User{}, got %Other{}");
        assertThatThrownBy(() -> read("[#{'__struct__' => 1}]", Map.class)).isInstanceOf(UnexpectedTerm.class);
        assertThatThrownBy(() -> read("#{'__struct__' => <<\"Elixir.MyApp.User\">>}", User.class))
                .isInstanceOf(UnexpectedTerm.class);
    }

    @Test
    void mistakesOfTheClassAreNamed() {
        assertThatThrownBy(() -> written(new Both(1))).hasMessageContaining("can be one of @AsTuple, @AsKeyword");
        assertThatThrownBy(() -> MapShape.of(NoRecord.class)).hasMessageContaining("@AsKeyword requires a record");
    }

    @Test
    void valuesOfCollectionsBecomeStructs() {
        Term term = written(new Times(List.of(LocalDate.of(2026, 1, 2)), Set.of(5), Instant.EPOCH.plusNanos(1_999)));
        assertThat(term.toString())
                .contains("'Elixir.Date'", "'Elixir.MapSet'", "#{5 => []}", "'Elixir.DateTime'", "{1,6}");
        Times back = (Times) MAPPER.read(EncodedTerm.of(term), Times.class);
        assertThat(back)
                .isEqualTo(new Times(List.of(LocalDate.of(2026, 1, 2)), Set.of(5), Instant.EPOCH.plusNanos(1_000)));
    }

    @Test
    void valuesWithoutAStructAreRefused() {
        assertThatThrownBy(() -> Elixir.struct("text")).hasMessageContaining("no struct for java.lang.String");
        assertThatThrownBy(() -> Elixir.struct(Set.of("text"))).hasMessageContaining("a MapSet has terms");
        record Bad(@AsStruct List<String> texts) {}
        assertThatThrownBy(() -> written(new Bad(List.of("a"))))
                .isInstanceOf(BadArgument.class)
                .hasMessageStartingWith("texts: Elixir has no struct");
    }

    @Test
    void hostileStructsAreRefused() {
        String decimal = "#{'__struct__' => 'Elixir.Decimal',sign => 1,coef => 1,exp => ";
        assertThat(read(decimal + "2147483647}", BigDecimal.class).scale()).isEqualTo(-Integer.MAX_VALUE);
        for (String term : List.of(
                decimal + "99999999999999999999}",
                decimal + "-2147483648}",
                decimal + "a}",
                "#{'__struct__' => 'Elixir.Decimal'}",
                "#{'__struct__' => 'Elixir.Decimal',sign => 1,coef => 'NaN',exp => 0}",
                "#{'__struct__' => 'Elixir.Date'}")) {
            assertThatThrownBy(() -> read(term, BigDecimal.class)).as(term).isInstanceOf(UnexpectedTerm.class);
        }
        for (String map : List.of("#{}", "[]", "#{map => 1}", "#{map => #{1 => []}}")) {
            assertThatThrownBy(() -> read("#{'__struct__' => 'Elixir.MapSet',map => " + map + ",x => 1}", List.class))
                    .as(map)
                    .isInstanceOf(UnexpectedTerm.class);
        }
        assertThat(MAPPER.read(EncodedTerm.of(Term.parse("#{'__struct__' => 'Elixir.MapSet',map => #{}}")), Set.class))
                .isEqualTo(Set.of());
        assertThatThrownBy(() -> read("#{'__struct__' => 'Elixir.MapSet',map => 1}", Set.class))
                .isInstanceOf(UnexpectedTerm.class);
        assertThat(Elixir.module("MyApp.Users")).isEqualTo(Atom.of("Elixir.MyApp.Users"));
    }
}
