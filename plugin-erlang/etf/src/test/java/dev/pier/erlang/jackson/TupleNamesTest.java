package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.AsTuple;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tuples that are records, read by the names of their fields.
class TupleNamesTest {
    private static final RecordDefinitions RECORDS = RecordDefinitions.parse("""
            -record(user, {id, name = <<>>, group}).
            -record(group, {title, users = []}).
            -record(none, {}).
            """);

    private static final ValueMapper MAPPER = new EtfValueMapper().with(CallOptions.DEFAULT.withRecords(RECORDS));

    record User(int id, @Nullable String name, @Nullable Group group) {}

    record Group(String title, List<User> users) {}

    @AsTuple("user")
    record Positional(int first, String second, Term third) {}

    private static @Nullable Object read(String term, Type type) {
        return MAPPER.read(EncodedTerm.of(Term.parse(term)), type);
    }

    private static String json(ValueMapper mapper, String term) throws IOException {
        var out = new ByteArrayOutputStream();
        mapper.writeJson(EncodedTerm.of(Term.parse(term)), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
        {user,1,<<"joe">>,undefined}              => {"id":1,"name":"joe","group":null}
        {group,<<"a">>,[{user,1,b,{group,c,[]}}]} => {"title":"a","users":[{"id":1,"name":"b","group":{"title":"c","users":[]}}]}
        {ok,{user,1,2,3}}                         => ["ok",{"id":1,"name":2,"group":3}]
        [{user,1,2},{user,1,2,3,4},{user}]        => [["user",1,2],["user",1,2,3,4],["user"]]
        {<<"user">>,1,2,3}                        => ["user",1,2,3]
        {none}                                    => {}
        {{user,1,2,3},{}}                         => [{"id":1,"name":2,"group":3},[]]
        """)
    void recordsAreObjectsInJson(String term, String json) throws IOException {
        assertThat(json(MAPPER, term)).isEqualTo(json);
    }

    @Test
    void alsoWhileTheyArrive() throws IOException {
        String large = "<<\"" + "x".repeat(70_000) + "\">>";
        for (String term : List.of(
                "{user,1," + large + ",{group,{user,2,3,4},[{other," + large + "}]}}",
                "{group,{user,1," + large + ",{none}},{user,2,3," + large + "}}",
                "{user,1," + large + "}",
                "{" + "a,".repeat(300) + large + "}")) {
            var out = new ByteArrayOutputStream();
            JsonSink sink = MAPPER.json(out);
            sink.write(StreamingEtfInput.of(EncodedTerm.of(Term.parse(term))));
            sink.flush();
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(json(MAPPER, term));
        }
    }

    @Test
    void javaRecordsAreReadByName() {
        User user = new User(1, "joe", new Group("a", List.of(new User(2, null, null))));
        assertThat(read("{user,1,<<\"joe\">>,{group,<<\"a\">>,[{user,2,undefined,undefined}]}}", User.class))
                .isEqualTo(user);
        assertThat(read("[{user,3,a,nil},#{id => 4},[{id,5}]]", new TypeReference<List<User>>() {}.type()))
                .isEqualTo(List.of(new User(3, "a", null), new User(4, null, null), new User(5, null, null)));
    }

    @Test
    void mapsAndObjectsAreReadByName() {
        assertThat(read("{user,1,<<\"joe\">>,[]}", Object.class))
                .isEqualTo(Map.of("id", 1, "name", "joe", "group", List.of()));
        assertThat(read("{group,1,2}", new TypeReference<Map<String, Integer>>() {}.type()))
                .isEqualTo(Map.of("title", 1, "users", 2));
        assertThat(read("{group,1,2}", new TypeReference<Map<Atom, Integer>>() {}.type()))
                .isEqualTo(Map.of(Atom.of("title"), 1, Atom.of("users"), 2));
        assertThat(read("{ok,{group,1,2}}", Object.class)).isEqualTo(List.of(Atom.OK, Map.of("title", 1, "users", 2)));
    }

    @Test
    void tuplesStayWhereTheyAreAskedFor() {
        assertThat(read("{user,1,<<\"joe\">>,[]}", Positional.class))
                .isEqualTo(new Positional(1, "joe", Term.parse("[]")));
        assertThat(read("{user,1,2,3}", Term.class)).isEqualTo(Term.parse("{user,1,2,3}"));
        assertThat(read("{group,1,2}", new TypeReference<List<Term>>() {}.type()))
                .isEqualTo(List.of(Atom.of("group"), Term.parse("1"), Term.parse("2")));
    }

    @Test
    void whatDoesNotFitIsNamed() {
        assertThatThrownBy(() -> read("[{user,a,<<>>,nil}]", User[].class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessage("[0].id: expected integer, got atom a");
        assertThatThrownBy(() -> read("{user,1}", User.class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessage("expected map, got tuple {user,1}");
    }

    @Test
    void withoutDefinitionsTuplesAreArrays() throws IOException {
        assertThat(json(new EtfValueMapper(), "{user,1,2,3}")).isEqualTo("[\"user\",1,2,3]");
        ValueMapper own = new EtfValueMapper(
                        new EtfMapper(), JsonOptions.DEFAULT.withRecords(RecordDefinitions.parse("-record(a, {b}).")))
                .with(CallOptions.DEFAULT.withRecords(RECORDS));
        assertThat(json(own, "[{a,1},{none}]")).isEqualTo("[{\"b\":1},{}]");
    }
}
