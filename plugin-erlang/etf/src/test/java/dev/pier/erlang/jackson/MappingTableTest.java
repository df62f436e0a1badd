package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.pier.erlang.AsAtom;
import dev.pier.erlang.AsCharlist;
import dev.pier.erlang.AsTuple;
import dev.pier.erlang.Charlist;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/// The table of `docs/results.md`, row by row, in each direction that the row has.
class MappingTableTest {
    private static final EtfValueMapper MAPPER = new EtfValueMapper();
    private static final Pid PID = new Pid(Atom.of("a@b"), 12, 0, 1);

    enum State {
        ACTIVE,
        @JsonProperty("on_hold")
        WAITING
    }

    record User(String name, int age) {}

    record Full(
            long id,
            String name,
            @Nullable String mail,
            State state,
            Optional<String> nick,
            List<Integer> scores,
            Pid owner,
            Term any) {}

    record Mixed(
            @AsAtom String table,
            @AsCharlist String path,
            @AsAtom List<String> options,
            String text) {}

    @AsTuple("point")
    record Point(int x, int y) {}

    @AsTuple
    record Range(long from, long to) {}

    @AsTuple("nothing")
    record Nothing() {}

    record Empty() {}

    record Line(Point from, Point to) {}

    sealed interface Found<T> {}

    @AsTuple("ok")
    record Hit<T>(T value) implements Found<T> {}

    @AsTuple("error")
    record Miss<T>(String reason) implements Found<T> {}

    sealed interface Answer permits Yes, No, Later {}

    @AsTuple("yes")
    record Yes(int count) implements Answer {}

    record No(String why) implements Answer {}

    enum Later implements Answer {
        LATER,
        UNDEFINED
    }

    public static final class Bean {
        private String first = "";
        private boolean second;

        public String getFirst() {
            return first;
        }

        public void setFirst(String first) {
            this.first = first;
        }

        public boolean isSecond() {
            return second;
        }

        public void setSecond(boolean second) {
            this.second = second;
        }
    }

    static Stream<Arguments> written() {
        Map<Object, Object> keys = new LinkedHashMap<>();
        keys.put(Atom.of("a"), 1);
        keys.put("a", 2);
        keys.put(7, 3);
        keys.put(PID, 4);
        keys.put(Tuple.of(Atom.of("k"), Atom.of("v")), 5);
        keys.put(State.ACTIVE, 6);
        Map<String, Integer> names = new LinkedHashMap<>();
        names.put("b", 1);
        names.put("ä", 2);
        EnumMap<State, Integer> enums = new EnumMap<>(State.class);
        enums.put(State.WAITING, 1);
        Bean bean = new Bean();
        bean.setFirst("x");
        return Stream.of(
                arguments("x", "<<\"x\">>"),
                arguments("", "<<>>"),
                arguments("grün €", "<<\"grün €\"/utf8>>"),
                arguments('c', "<<\"c\">>"),
                arguments(Atom.of("ok"), "ok"),
                arguments(0, "0"),
                arguments((byte) -1, "-1"),
                arguments((short) 300, "300"),
                arguments(Long.MIN_VALUE, "-9223372036854775808"),
                arguments(BigInteger.TWO.pow(100), "1267650600228229401496703205376"),
                arguments(BigInteger.ONE, "1"),
                arguments(1.5, "1.5"),
                arguments(0.5f, "0.5"),
                arguments(new BigDecimal("19.99"), "19.99"),
                arguments(true, "true"),
                arguments(null, "undefined"),
                arguments(new byte[] {1, (byte) 255}, "<<1,255>>"),
                arguments(ByteBuffer.wrap(new byte[] {1, 2}), "<<1,2>>"),
                arguments(List.of(), "[]"),
                arguments(List.of(1, "a", List.of(true)), "[1,<<\"a\">>,[true]]"),
                arguments(new int[] {1, 2, 300}, "[1,2,300]"),
                arguments(new String[] {"a"}, "[<<\"a\">>]"),
                arguments(Set.of(1), "[1]"),
                arguments(Stream.of("a", "b"), "[<<\"a\">>,<<\"b\">>]"),
                arguments(Charlist.of("hällo"), "[104,228,108,108,111]"),
                arguments(Charlist.of("€"), "[8364]"),
                arguments(Charlist.of(""), "[]"),
                arguments(PID, "<a@b.12.0>"),
                arguments(Tuple.of(Atom.OK, PID), "{ok,<a@b.12.0>}"),
                arguments(new Point(1, 2), "{point,1,2}"),
                arguments(new Range(1, 9), "{1,9}"),
                arguments(new Nothing(), "{nothing}"),
                arguments(new Empty(), "#{}"),
                arguments(new Hit<>(new User("a", 1)), "{ok,#{name => <<\"a\">>,age => 1}}"),
                arguments(new User("Ann", 30), "#{name => <<\"Ann\">>,age => 30}"),
                arguments(
                        List.of(new User("A", 1), new User("B", 2)),
                        "[#{name => <<\"A\">>,age => 1},#{name => <<\"B\">>,age => 2}]"),
                arguments(bean, "#{first => <<\"x\">>,second => false}"),
                arguments(new Line(new Point(1, 2), new Point(3, 4)), "#{from => {point,1,2},to => {point,3,4}}"),
                arguments(names, "#{<<\"b\">> => 1,<<\"ä\"/utf8>> => 2}"),
                arguments(keys, "#{a => 1,<<\"a\">> => 2,7 => 3,<a@b.12.0> => 4,{k,v} => 5,active => 6}"),
                arguments(enums, "#{on_hold => 1}"),
                arguments(
                        Map.of(5L, Map.of("x", new User("A", 1))),
                        "#{5 => #{<<\"x\">> => #{name => <<\"A\">>,age => 1}}}"),
                arguments(State.ACTIVE, "active"),
                arguments(State.WAITING, "on_hold"),
                arguments(Optional.of(State.ACTIVE), "active"),
                arguments(Optional.empty(), "undefined"),
                arguments(
                        new Mixed("users", "/tmp", List.of("a", "b"), "t"),
                        "#{table => users,path => [47,116,109,112],options => [a,b],text => <<\"t\">>}"),
                arguments(
                        new Full(1, "n", null, State.ACTIVE, Optional.of("k"), List.of(1, 2), PID, Atom.OK),
                        "#{id => 1,name => <<\"n\">>,mail => undefined,state => active,nick => <<\"k\">>,"
                                + "scores => [1,2],owner => <a@b.12.0>,any => ok}"),
                arguments(Instant.parse("2026-01-02T03:04:05Z"), "<<\"2026-01-02T03:04:05Z\">>"),
                arguments(LocalDate.of(2026, 1, 2), "<<\"2026-01-02\">>"),
                arguments(Duration.ofSeconds(90), "<<\"PT1M30S\">>"),
                arguments(URI.create("http://a/b"), "<<\"http://a/b\">>"),
                arguments(
                        UUID.fromString("00000000-0000-0001-0000-000000000002"),
                        "<<\"00000000-0000-0001-0000-000000000002\">>"));
    }

    /// Pids in these texts stand for [#PID], whose own text form has no creation.
    private static Term term(String text) {
        String marked = text.replace("<a@b.12.0>", "'the pid'");
        return Pids.replaced(Term.parse(marked), Atom.of("the pid"), PID);
    }

    private static Term write(@Nullable Object value) {
        var out = new EtfOutput(16);
        MAPPER.write(value, out);
        return EncodedTerm.of(out.toByteArray()).decode(DecodeLimits.DEFAULT);
    }

    private static @Nullable Object read(String text, Type type) {
        return MAPPER.read(EncodedTerm.of(term(text)), type);
    }

    @ParameterizedTest
    @MethodSource
    void written(@Nullable Object value, String expected) {
        assertThat(write(value)).isEqualTo(term(expected));
    }

    static Stream<Arguments> read() {
        return Stream.of(
                arguments("<<\"x\">>", String.class, "x"),
                arguments("<<\"grün\"/utf8>>", String.class, "grün"),
                arguments("\"abc\"", String.class, "abc"),
                arguments("[8364,228]", String.class, "€ä"),
                arguments("[1,2]", String.class, "\u0001\u0002"),
                arguments("[]", String.class, ""),
                arguments("abc", String.class, "abc"),
                arguments("true", String.class, "true"),
                arguments("<<\"x\">>", Charlist.class, Charlist.of("x")),
                arguments("ok", Atom.class, Atom.OK),
                arguments("undefined", Atom.class, Atom.UNDEFINED),
                arguments("7", int.class, 7),
                arguments("7", Long.class, 7L),
                arguments("7", Term.class, Term.parse("7")),
                arguments("-129", short.class, (short) -129),
                arguments("9223372036854775807", long.class, Long.MAX_VALUE),
                arguments("1099511627776", long.class, 1L << 40),
                arguments("-1099511627776", Long.class, -(1L << 40)),
                arguments("1267650600228229401496703205376", BigInteger.class, BigInteger.TWO.pow(100)),
                arguments("1.5", double.class, 1.5),
                arguments("2", double.class, 2.0),
                arguments("1.5", BigDecimal.class, new BigDecimal("1.5")),
                arguments("true", boolean.class, true),
                arguments("undefined", String.class, null),
                arguments("nil", User.class, null),
                arguments("null", Integer.class, null),
                arguments("<<1,255>>", byte[].class, new byte[] {1, (byte) 255}),
                arguments("<<\"ab\">>", byte[].class, new byte[] {97, 98}),
                arguments("\"ab\"", byte[].class, new byte[] {97, 98}),
                arguments("[1,<<2,3>>,[4]]", byte[].class, new byte[] {1, 2, 3, 4}),
                arguments("<<1,2>>", ByteBuffer.class, ByteBuffer.wrap(new byte[] {1, 2})),
                arguments("[1,2,300]", int[].class, new int[] {1, 2, 300}),
                arguments("\"ab\"", int[].class, new int[] {97, 98}),
                arguments("\"ab\"", type(new TypeReference<List<Integer>>() {}), List.of(97, 98)),
                arguments("[100,8364]", type(new TypeReference<List<Integer>>() {}), List.of(100, 8364)),
                arguments("{1,2}", type(new TypeReference<List<Integer>>() {}), List.of(1, 2)),
                arguments("[<<\"a\">>,\"b\",c]", type(new TypeReference<List<String>>() {}), List.of("a", "b", "c")),
                arguments("[<<\"a\">>,\"b\",c]", String[].class, new String[] {"a", "b", "c"}),
                arguments(
                        "\"ab\"",
                        type(new TypeReference<List<Term>>() {}),
                        List.of(Term.parse("97"), Term.parse("98"))),
                arguments("<a@b.12.0>", Pid.class, PID),
                arguments("[<a@b.12.0>]", type(new TypeReference<List<Pid>>() {}), List.of(PID)),
                arguments("{ok,[1]}", Tuple.class, Term.parse("{ok,[1]}")),
                arguments(
                        "[{ok,[1]},{a}]",
                        type(new TypeReference<List<Tuple>>() {}),
                        List.of(Term.parse("{ok,[1]}"), Term.parse("{a}"))),
                arguments("{point,1,2}", Point.class, new Point(1, 2)),
                arguments("{1,9}", Range.class, new Range(1, 9)),
                arguments("{nothing}", Nothing.class, new Nothing()),
                arguments(
                        "#{from => {point,1,2},to => {point,3,4}}",
                        Line.class,
                        new Line(new Point(1, 2), new Point(3, 4))),
                arguments(
                        "{ok,#{name => a,age => 1}}",
                        type(new TypeReference<Found<User>>() {}),
                        new Hit<>(new User("a", 1))),
                arguments("{error,\"gone\"}", type(new TypeReference<Found<User>>() {}), new Miss<>("gone")),
                arguments("{yes,3}", Answer.class, new Yes(3)),
                arguments("#{why => \"so\"}", Answer.class, new No("so")),
                arguments("later", Answer.class, Later.LATER),
                arguments("undefined", Answer.class, Later.UNDEFINED),
                arguments(
                        "[undefined,later]",
                        type(new TypeReference<List<Answer>>() {}),
                        List.of(Later.UNDEFINED, Later.LATER)),
                arguments("#{name => <<\"Ann\">>,age => 30}", User.class, new User("Ann", 30)),
                arguments("#{<<\"name\">> => \"Ann\",\"age\" => 30,5 => x}", User.class, new User("Ann", 30)),
                arguments("[{name,ann},{age,30},{age,31},extra]", User.class, new User("ann", 30)),
                arguments(
                        "[{a,1},{<<\"b\">>,2}]",
                        type(new TypeReference<Map<String, Integer>>() {}),
                        Map.of("a", 1, "b", 2)),
                arguments("[]", type(new TypeReference<Map<String, Integer>>() {}), Map.of()),
                arguments(
                        "#{a => 1,<<\"b\">> => 2,\"c\" => 3,{d} => 4}",
                        type(new TypeReference<Map<String, Integer>>() {}),
                        Map.of("a", 1, "b", 2, "c", 3, "{d}", 4)),
                arguments("#{1 => 2}", type(new TypeReference<Map<Long, Integer>>() {}), Map.of(1L, 2)),
                arguments("#{a => 2}", type(new TypeReference<Map<Atom, Integer>>() {}), Map.of(Atom.of("a"), 2)),
                arguments("#{<a@b.12.0> => 2}", type(new TypeReference<Map<Pid, Integer>>() {}), Map.of(PID, 2)),
                arguments(
                        "#{{a,1} => 2}",
                        type(new TypeReference<Map<Term, Integer>>() {}),
                        Map.of(Term.parse("{a,1}"), 2)),
                arguments("#{active => 2}", type(new TypeReference<Map<State, Integer>>() {}), Map.of(State.ACTIVE, 2)),
                arguments("active", State.class, State.ACTIVE),
                arguments("<<\"active\">>", State.class, State.ACTIVE),
                arguments("\"active\"", State.class, State.ACTIVE),
                arguments("on_hold", State.class, State.WAITING),
                arguments("<<\"a\">>", type(new TypeReference<Optional<String>>() {}), Optional.of("a")),
                arguments("nil", type(new TypeReference<Optional<String>>() {}), Optional.empty()),
                arguments(
                        "#{id => 1,name => <<\"n\">>,mail => nil,state => active,nick => undefined,"
                                + "scores => \"AB\",owner => <a@b.12.0>,any => undefined}",
                        Full.class,
                        new Full(1, "n", null, State.ACTIVE, Optional.empty(), List.of(65, 66), PID, Atom.UNDEFINED)),
                arguments("<<\"2026-01-02T03:04:05Z\">>", Instant.class, Instant.parse("2026-01-02T03:04:05Z")),
                arguments("\"2026-01-02\"", LocalDate.class, LocalDate.of(2026, 1, 2)),
                arguments("{2026,1,2}", LocalDate.class, LocalDate.of(2026, 1, 2)),
                arguments("<<\"PT1M30S\">>", Duration.class, Duration.ofSeconds(90)),
                arguments("\"http://a/b\"", URI.class, URI.create("http://a/b")),
                arguments("<<\"00000000-0000-0001-0000-000000000002\">>", UUID.class, new UUID(1, 2)),
                arguments("<<0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,2>>", UUID.class, new UUID(1, 2)),
                arguments("<<\"0123456789abcdef\">>", UUID.class, new UUID(0x3031323334353637L, 0x3839616263646566L)));
    }

    private static Type type(TypeReference<?> reference) {
        return reference.getType();
    }

    @ParameterizedTest
    @MethodSource
    void read(String text, Type type, @Nullable Object expected) {
        assertThat(read(text, type)).isEqualTo(expected);
    }

    static Stream<Arguments> untyped() {
        Map<Object, Object> keys = new LinkedHashMap<>();
        keys.put("a", 1);
        keys.put(2, true);
        keys.put("c", Atom.of("x"));
        keys.put("d", 1.5);
        keys.put(Term.parse("{e}"), List.of());
        return Stream.of(
                arguments("<<\"x\">>", "x"),
                arguments("<<255>>", new byte[] {(byte) 255}),
                arguments("ok", Atom.OK),
                arguments("false", false),
                arguments("nil", null),
                arguments("1", 1),
                arguments("1099511627776", 1L << 40),
                arguments("1267650600228229401496703205376", BigInteger.TWO.pow(100)),
                arguments("1.0", 1.0),
                arguments("\"ab\"", List.of(97, 98)),
                arguments("[8364]", List.of(8364)),
                arguments("[1,[<<\"a\">>],{b}]", List.of(1, List.of("a"), List.of(Atom.of("b")))),
                arguments("[a,[b|c]]", List.of(Atom.of("a"), Term.parse("[b|c]"))),
                arguments("{ok,\"x\"}", List.of(Atom.OK, List.of(120))),
                arguments("#{a => 1,2 => true,<<\"c\">> => x,\"d\" => 1.5,{e} => []}", keys),
                arguments("[{a,1}]", List.of(List.of(Atom.of("a"), 1))),
                arguments("<a@b.12.0>", PID));
    }

    @ParameterizedTest
    @MethodSource
    void untyped(String text, @Nullable Object expected) {
        assertThat(read(text, Object.class)).isEqualTo(expected);
    }

    @Test
    void treesLookLikeJson() {
        assertThat(read("#{a => [1,\"text\",<<\"b\">>,{x,nil},true]}", JsonNode.class))
                .hasToString("{\"a\":[1,\"text\",\"b\",[\"x\",null],true]}");
    }

    @Test
    void theMapperWorksByItself() {
        EtfMapper mapper = new EtfMapper();
        byte[] bytes = mapper.writeValueAsBytes(new User("Ann", 30));
        assertThat(bytes[0]).isEqualTo((byte) 131);
        assertThat(mapper.readValue(bytes, User.class)).isEqualTo(new User("Ann", 30));
        assertThat(mapper.readValue(java.util.Arrays.copyOfRange(bytes, 1, bytes.length), User.class))
                .isEqualTo(new User("Ann", 30));
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).contains("w\u0004name");
    }
}
