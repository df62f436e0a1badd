package dev.pier.erlang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.term.Atom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordDefinitionsTest {
    private static final String SOURCE = """
            %% -record(commented, {a}).
            -ifndef(USERS_HRL).
            -define(USERS_HRL, "-record(quoted, {a}).").
            -define(DOT, $.).
            -include_lib("kernel/include/file.hrl").
            -record(user, {id, name}).
            -record('Odd name', {'A b', c}).
            - record ( none , { } ) .
            -record(full, {
                id = 0 :: non_neg_integer(),   % a comment, with a comma
                name = <<"a,b">> :: binary() | undefined,
                at = {1, [2, 3], #{a => $,}} :: {integer(), [integer()], map()},
                text = "},(" ++ 'x,y',
                f = fun(A, B) -> X = A, {X, B} end,
                g = fun erlang:node/0,
                h = fun Loop(0) -> 0; Loop(N) -> Loop(N - 1), N end,
                w = case ok of ok -> a, b; _ -> c end :: a | b,
                t :: fun((integer(), integer()) -> {a, b}),
                char = $},
                escaped = $\\}, tab = $\\s,
                last
            }).
            -spec f(#user{}) -> ok.
            f(#user{id = 1.5}) -> 2.0, "it's".
            -record(user, {id, name, more}).
            -endif.
            """;

    private static List<Atom> atoms(String... names) {
        return Stream.of(names).map(Atom::of).toList();
    }

    @Test
    void definitionsAreFoundAmongOtherForms() {
        RecordDefinitions found = RecordDefinitions.parse(SOURCE);
        assertThat(found.fields(Atom.of("user"), 2)).contains(atoms("id", "name"));
        assertThat(found.fields(Atom.of("user"), 3)).contains(atoms("id", "name", "more"));
        assertThat(found.fields(Atom.of("Odd name"), 2)).contains(atoms("A b", "c"));
        assertThat(found.fields(Atom.of("none"), 0)).contains(List.of());
        assertThat(found.fields(Atom.of("full"), 13))
                .contains(atoms("id", "name", "at", "text", "f", "g", "h", "w", "t", "char", "escaped", "tab", "last"));
        assertThat(found).hasToString("RecordDefinitions['Odd name'/2, full/13, none/0, user/2, user/3]");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
        -record(user, {id, ?NAME}).      => line 1, before '?NAME}).': expected the name of a field
        -record(?USER, {id}).            => line 1, before '?USER, {id}).': expected the name of a record
        -record(User, {id}).             => line 1, before 'User, {id}).': expected the name of a record
        -record(user, [id]).             => line 1, before '[id]).': expected '{'
        -record(user, {id                => a record is not closed
        -record(user, {id, id}).         => a field of the record user is repeated
        -record(user, {id = )}).         => line 1, before ')}).': unexpected ')'
        -record(user, {id,}).            => line 1, before '}).': expected the name of a field
        -record(user, {id = "x}).        => a quoted text is not closed
        """)
    void whatIsNotADefinitionIsNamed(String source, String message) {
        assertThatThrownBy(() -> RecordDefinitions.parse(source))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void theLineIsNamed() {
        assertThatThrownBy(() -> RecordDefinitions.parse("%\n-record(a, {b}).\n\n-record(c, {\nd,\nE}).\n"))
                .hasMessageStartingWith("line 6, before 'E}).'");
    }

    @Test
    void noPrefixOfASourceHangs() {
        for (int length = 0; length < SOURCE.length(); length++) {
            try {
                RecordDefinitions.parse(SOURCE.substring(0, length));
            } catch (IllegalArgumentException cut) {
                assertThat(cut).hasMessageContaining("line ");
            }
        }
    }

    @Test
    void laterDefinitionsCount() {
        RecordDefinitions one = RecordDefinitions.parse("-record(a, {x}). -record(b, {x}).");
        RecordDefinitions other = RecordDefinitions.parse("-record(a, {y}).");
        assertThat(one.and(other).fields(Atom.of("a"), 1)).contains(atoms("y"));
        assertThat(one.and(other).fields(Atom.of("b"), 1)).contains(atoms("x"));
        assertThat(one.and(RecordDefinitions.NONE)).isEqualTo(one).hasSameHashCodeAs(one);
        assertThat(RecordDefinitions.NONE.and(one)).isEqualTo(one).isNotEqualTo(other);
    }

    @Test
    void aFolderHasSeveralFiles(@TempDir Path folder) throws IOException {
        Path users = Files.writeString(folder.resolve("users.hrl"), "-record(user, {id}).");
        Files.writeString(folder.resolve("a.hrl"), "-record(a, {b}).");
        Files.writeString(folder.resolve("other.txt"), "-record(A).");
        assertThat(RecordDefinitions.read(folder)).hasToString("RecordDefinitions[a/1, user/1]");
        assertThat(RecordDefinitions.read(users)).hasToString("RecordDefinitions[user/1]");
        Files.writeString(users, "-record(A).");
        assertThatThrownBy(() -> RecordDefinitions.read(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(users + ": line 1");
        assertThatThrownBy(() -> RecordDefinitions.read(folder.resolve("none"))).isInstanceOf(IOException.class);
    }
}
