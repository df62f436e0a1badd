package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonView;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.RecordTerm;
import dev.pier.erlang.term.Term;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;

/// Many rows of one record, and those rows that are not as the one before; and what Jackson can do with records
/// besides.
class RecordsTest {
    private static final EtfMapper MAPPER = new EtfMapper();

    record Row(int id, @Nullable String name, Optional<Integer> age) {}

    record Place(String town) {
        Place {
            if (town.isEmpty()) {
                throw new IllegalArgumentException("a town has a name");
            }
        }
    }

    record Flat(String name, String town) {}

    record Person(String name, @JsonUnwrapped Place place) {}

    @JsonIgnoreProperties("secret")
    record Guarded(@Nullable String open, @Nullable String secret) {}

    interface Public {}

    interface Private extends Public {}

    record Seen(
            @JsonView(Public.class) @Nullable String all,
            @JsonView(Private.class) @Nullable String few) {}

    private static byte[] bytes(String text) {
        return TermEncoder.encode(Term.parse(text));
    }

    @Test
    void rowsNeedNotBeAlike() {
        String rows = String.join(
                ",",
                "#{id => 1,name => <<\"a\">>,age => 1}",
                "#{id => 2,name => <<\"b\">>,age => 2}",
                "#{name => <<\"c\">>,id => 3,age => 3}",
                "#{<<\"id\">> => 4,\"name\" => <<\"d\">>,<<\"age\">> => 4}",
                "#{id => 5,name => undefined,age => undefined}",
                "#{id => 6}",
                "#{age => 7,other => [#{id => 0}],id => 7}",
                "[{name,<<\"e\">>},{id,8},{id,0}]",
                "#people:row{name = <<\"n\">>,other = #people:row{id = 0},id = 10,age = 10}",
                "#people:row{id = 11}",
                "#{id => 9,name => <<\"f\">>,age => 9}");
        List<Row> read = MAPPER.readValue(bytes("[" + rows + "]"), new TypeReference<>() {});
        assertThat(read)
                .containsExactly(
                        new Row(1, "a", Optional.of(1)),
                        new Row(2, "b", Optional.of(2)),
                        new Row(3, "c", Optional.of(3)),
                        new Row(4, "d", Optional.of(4)),
                        new Row(5, null, Optional.empty()),
                        new Row(6, null, Optional.empty()),
                        new Row(7, null, Optional.of(7)),
                        new Row(8, "e", Optional.empty()),
                        new Row(10, "n", Optional.of(10)),
                        new Row(11, null, Optional.empty()),
                        new Row(9, "f", Optional.of(9)));
    }

    @Test
    void aRowThatDoesNotFitIsNamed() {
        String rows = "[#{id => 1,name => <<\"a\">>},#{id => 2,name => 3}]";
        assertThatThrownBy(() -> MAPPER.readValue(bytes(rows), Row[].class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("[1].name: expected");
        assertThatThrownBy(() -> MAPPER.readValue(bytes("[#{id => 1},#{name => <<\"a\">>}]"), Row[].class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("[1]: expected a key id");
    }

    @Test
    void aNativeRecordThatDoesNotFitIsNamed() {
        assertThatThrownBy(() -> MAPPER.readValue(bytes("[#m:row{id = a}]"), Row[].class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessage("[0].id: expected integer, got atom a");
        assertThatThrownBy(() -> MAPPER.readValue(bytes("#m:row{id = 1}"), int.class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessage("expected integer, got record #m:row{id = 1}");
        assertThatThrownBy(() -> MAPPER.readValue(bytes("{}"), RecordTerm.class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessage("expected record, got tuple {}");
    }

    record Kept(RecordTerm whole, Term part, Map<Atom, Object> fields) {}

    @Test
    void aPartMayBeANativeRecordAsItIs() {
        String record = "#m:row{id = 1,rows = [#m:row{}]}";
        Kept kept = MAPPER.readValue(
                bytes("#{whole => " + record + ",part => " + record + ",fields => " + record + "}"), Kept.class);
        assertThat((Object) kept.whole()).isEqualTo(Term.parse(record)).isEqualTo(kept.part());
        assertThat(kept.fields()).isEqualTo(Map.of(Atom.of("id"), 1, Atom.of("rows"), List.of(Map.of())));
        assertThat((Object) MAPPER.readValue(MAPPER.writeValueAsBytes(kept.whole()), Term.class))
                .isEqualTo(kept.whole());
    }

    @Test
    void aConstructorMayRefuse() {
        assertThatThrownBy(() -> MAPPER.readValue(bytes("#{town => <<>>}"), Place.class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("a town has a name");
    }

    @Test
    void componentsCanBeUnwrapped() {
        byte[] ann = MAPPER.writeValueAsBytes(new Person("Ann", new Place("Oslo")));
        assertThat(ann).isEqualTo(MAPPER.writeValueAsBytes(new Flat("Ann", "Oslo")));
        assertThat(MAPPER.readValue(ann, Person.class)).isEqualTo(new Person("Ann", new Place("Oslo")));
    }

    @Test
    void namesCanBeIgnored() {
        assertThat(MAPPER.readValue(bytes("#{open => <<\"a\">>,secret => <<\"b\">>}"), Guarded.class))
                .isEqualTo(new Guarded("a", null));
    }

    @Test
    void viewsCount() {
        byte[] both = bytes("#{all => <<\"a\">>,few => <<\"b\">>}");
        assertThat(MAPPER.readerWithView(Private.class).forType(Seen.class).<Seen>readValue(both))
                .isEqualTo(new Seen("a", "b"));
        assertThat(MAPPER.readerWithView(Public.class).forType(Seen.class).<Seen>readValue(both))
                .isEqualTo(new Seen("a", null));
    }

    @Test
    void aReaderCanBeStricter() {
        assertThatThrownBy(() -> MAPPER.readerFor(Row.class)
                        .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .readValue(bytes("#{id => 1,shoe_size => 40}")))
                .isInstanceOf(DatabindException.class)
                .hasMessageContaining("shoe_size");
        assertThatThrownBy(() -> MAPPER.readerFor(Row.class)
                        .with(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                        .readValue(bytes("#{id => 1,name => undefined}")))
                .isInstanceOf(DatabindException.class)
                .hasMessageContaining("name");
    }

    @Test
    void aTreeIsReadAsWell() {
        assertThat(MAPPER.treeToValue(MAPPER.readTree(bytes("#{id => 1,name => <<\"a\">>}")), Row.class))
                .isEqualTo(new Row(1, "a", Optional.empty()));
    }
}
