package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.pier.erlang.AsAtom;
import dev.pier.erlang.AsTuple;
import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Charlist;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;

class ErrorPathTest {
    private static final EtfValueMapper MAPPER = new EtfValueMapper();
    private static final Pid PID = new Pid(Atom.of("a@b"), 12, 0, 1);

    record User(String name, int age, List<Integer> scores) {}

    record Weight(double kilos) {}

    record Options(@AsAtom String table) {}

    @AsTuple("at")
    record Place(String name, double x) {}

    sealed interface Found {}

    @AsTuple("ok")
    record Hit(User user) implements Found {}

    @AsTuple("error")
    record Miss(Atom reason) implements Found {}

    enum State {
        ACTIVE,
        BLOCKED
    }

    enum Other {
        ACTIVE
    }

    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new IllegalArgumentException("not above zero");
            }
        }
    }

    /// A bean that can hold itself.
    static final class Node {
        public @Nullable Node next;
    }

    static Stream<Arguments> unexpected() {
        return Stream.of(
                arguments("1", String.class, "expected binary, got integer 1"),
                arguments("<<\"1\">>", int.class, "expected integer, got binary <<\"1\">>"),
                arguments("1.5", long.class, "expected integer, got float 1.5"),
                arguments("3000000000", int.class, "expected integer that fits into int, got integer 3000000000"),
                arguments("undefined", int.class, "expected integer, got atom undefined"),
                arguments("1", boolean.class, "expected true or false, got integer 1"),
                arguments("<<\"true\">>", boolean.class, "expected true or false, got binary <<\"true\">>"),
                arguments("yes", boolean.class, "expected true or false, got atom yes"),
                arguments("ok", double.class, "expected float, got atom ok"),
                arguments("<<255>>", String.class, "expected text in UTF-8, got binary"),
                arguments("{a}", byte[].class, "expected binary, got tuple {a}"),
                arguments("[1,300]", byte[].class, "expected binary, got list [1,300]"),
                arguments("ok", Pid.class, "expected pid, got atom ok"),
                arguments("<<\"x\">>", Atom.class, "expected atom, got binary <<\"x\">>"),
                arguments(
                        "[a|b]",
                        type(new TypeReference<List<Atom>>() {}),
                        "[0]: expected a proper list, got list [a|b]"),
                arguments("gone", State.class, "expected atom active or blocked, got atom gone"),
                arguments("1", State.class, "expected atom active or blocked, got integer 1"),
                arguments(
                        "[1,#{name => pid}]",
                        type(new TypeReference<List<User>>() {}),
                        "[0]: expected map, got integer 1"),
                arguments(
                        "[#{name => a,age => 1},#{name => 'the pid'}]",
                        type(new TypeReference<List<User>>() {}),
                        "[1].name: expected binary, got pid " + PID),
                arguments(
                        "#{users => [#{scores => [1,x]}]}",
                        type(new TypeReference<Map<String, List<User>>>() {}),
                        "users[0].scores[1]: expected integer, got atom x"),
                arguments(
                        "[{name,<<\"a\">>},{scores,[{b}]}]", User.class, "scores[0]: expected integer, got tuple {b}"),
                arguments("{ok,#{age => <<\"x\">>}}", Found.class, "[1].age: expected integer, got binary <<\"x\">>"),
                arguments("{perhaps,1}", Found.class, "expected {ok,_} or {error,_}, got tuple {perhaps,1}"),
                arguments("{at,<<\"a\">>}", Place.class, "expected tuple {at,_,_}, got tuple {at,<<\"a\">>}"),
                arguments(
                        "[{in,<<\"a\">>,1.0}]",
                        Place[].class,
                        "[0]: expected tuple {at,_,_}, got tuple {in,<<\"a\">>,1.0}"),
                arguments("#{value => -1}", Positive.class, "not above zero"),
                arguments("#{a => 1,<<\"a\">> => 2}", Object.class, "the key a is repeated"),
                arguments("[#{name => a}]", User[].class, "[0]: expected a key age, got map #{name => a}"));
    }

    private static Type type(TypeReference<?> reference) {
        return reference.getType();
    }

    @ParameterizedTest
    @MethodSource
    void unexpected(String text, Type type, String message) {
        EncodedTerm term = EncodedTerm.of(Pids.replaced(Term.parse(text), Atom.of("the pid"), PID));
        assertThatThrownBy(() -> MAPPER.read(term, type))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining(message);
    }

    static Stream<Arguments> bad() {
        List<Object> circle = new ArrayList<>();
        circle.add(1);
        circle.add(circle);
        Node node = new Node();
        node.next = new Node();
        node.next.next = node;
        IdentityHashMap<String, Integer> twice = new IdentityHashMap<>();
        twice.put(new String("a"), 1);
        twice.put(new String("a"), 2);
        Map<Object, Integer> one = new LinkedHashMap<>();
        one.put(1, 1);
        one.put(1L, 2);
        Map<Object, Integer> enums = new HashMap<>();
        enums.put(State.ACTIVE, 1);
        enums.put(Other.ACTIVE, 2);
        Map<@Nullable String, Integer> nullKey = new HashMap<>();
        nullKey.put(null, 1);
        Map<Object, Integer> many = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            many.put(i, i);
        }
        many.put(7L, 7);
        return Stream.of(
                arguments(Double.NaN, "NaN has no Erlang form"),
                arguments(Float.POSITIVE_INFINITY, "Infinity has no Erlang form"),
                arguments(List.of(1, Double.NaN), "[1]: NaN has no Erlang form"),
                arguments(Map.of("a", List.of(Double.NaN)), "a[0]: NaN has no Erlang form"),
                arguments(List.of(new Weight(1), new Weight(Double.NaN)), "[1].kilos: NaN has no Erlang form"),
                arguments(List.of(new Place("a", Double.NaN)), "[0][2]: NaN has no Erlang form"),
                arguments(new double[] {1, Double.NaN}, "[1]: NaN has no Erlang form"),
                arguments("\ud800", "lone surrogate"),
                arguments(List.of("a", "b\udc00"), "[1]: lone surrogate"),
                arguments(Map.of("\ud800", 1), "lone surrogate"),
                arguments(Charlist.of("€\ud800"), "lone surrogate"),
                arguments(Charlist.of("\ud800"), "lone surrogate"),
                arguments(new Options("x".repeat(256)), "table: an atom has at most 255 characters"),
                arguments(
                        new BigDecimal("0.1234567890123456789"),
                        "no float has exactly the value 0.1234567890123456789"),
                arguments(circle, "nested deeper than 500, or a cycle"),
                arguments(node, "nested deeper than 500, or a cycle"),
                arguments(twice, "a key of the map is repeated"),
                arguments(one, "a key of the map is repeated"),
                arguments(enums, "a key of the map is repeated"),
                arguments(many, "a key of the map is repeated"),
                arguments(
                        Map.of("users", Arrays.asList(new User("a", 1, List.of()), one)),
                        "users[1]: a key of the map is repeated"),
                arguments(nullKey, "a key of the map is null"),
                arguments(List.of(new Object()), "[0]: "));
    }

    @ParameterizedTest
    @MethodSource
    void bad(Object value, String message) {
        assertThatThrownBy(() -> MAPPER.write(value, new EtfOutput(16)))
                .isInstanceOf(BadArgument.class)
                .hasMessageContaining(message)
                .matches(e -> !((BadArgument) e).maybeExecuted());
        assertThatThrownBy(() -> new EtfMapper().writeValueAsBytes(value)).isInstanceOf(BadArgument.class);
    }

    @Test
    void aFailedValueDoesNotAffectTheNextOne() {
        var out = new EtfOutput(16);
        MAPPER.write(1, out);
        int before = out.size();
        assertThatThrownBy(() -> MAPPER.write(List.of(new Weight(1), new Weight(Double.NaN)), out))
                .isInstanceOf(BadArgument.class);
        out.truncate(before);
        MAPPER.write(new Weight(2), out);
        assertThat(out.size()).isGreaterThan(before);
    }
}
