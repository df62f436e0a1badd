package dev.pier.erlang.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TermTest {
    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource(delimiterString = ";", quoteCharacter = '`', textBlock = """
        1                      ; 1.0
        0.0                    ; -0.0
        a                      ; "a"
        "a"                    ; <<"a">>
        [a]                    ; {a}
        {a,b}                  ; {a,c}
        {a,b}                  ; {a,b,c}
        [a,b]                  ; [a|b]
        [a|b]                  ; [a|c]
        [a|b]                  ; [b|b]
        [1,2,256]              ; [1,2]
        #{a => 1}              ; #{a => 2}
        #{a => 1}              ; #{b => 1}
        #{a => 1,b => 2}       ; #{a => 2,b => 1}
        #{1 => a}              ; #{1.0 => a}
        <<1:3>>                ; <<1:4>>
        <<1:3>>                ; <<32>>
        []                     ; {}
        #{}                    ; {}
        fun a:b/1              ; fun a:b/2
        #m:r{a = 1}            ; #m:r{a = 2}
        #m:r{a = 1}            ; #m:r{b = 1}
        #m:r{a = 1}            ; #m:s{a = 1}
        #m:r{a = 1}            ; #n:r{a = 1}
        #m:r{a = 1}            ; #m:r{a = 1.0}
        #m:r{a = 1,b = 2}      ; #m:r{b = 2,a = 1}
        #m:r{}                 ; {}
        #m:r{}                 ; #{}
        9223372036854775808    ; 9223372036854775809
        """)
    void areDifferent(String one, String other) {
        assertThat(Term.parse(one).equals(Term.parse(other))).isFalse();
        assertThat(Term.parse(other).equals(Term.parse(one))).isFalse();
        assertThat(Tuple.of(Term.parse(one)).equals(Tuple.of(Term.parse(other))))
                .isFalse();
    }

    /// SEEN: OTP 29
    @Test
    void exportedAndOtherRecordsDiffer() {
        RecordTerm exported = (RecordTerm) Term.parse("#m:r{a = 1,b = <<>>}");
        RecordTerm other =
                new RecordTerm(exported.module(), exported.name(), false, exported.fields(), exported.values());
        assertThat(exported.exported()).isTrue();
        assertThat((Object) exported).isNotEqualTo(other).hasToString(other.toString());
        assertThat(exported.get(Atom.of("b"))).contains(Binary.EMPTY);
        assertThat(exported.get(Atom.of("c"))).isEmpty();
    }

    @Test
    void recordsHaveAValueForEachField() {
        Atom name = Atom.of("r");
        assertThatThrownBy(() -> new RecordTerm(name, name, true, List.of(name), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a record of 1 fields has 0 values");
        for (int size : new int[] {2, 20}) {
            var fields = new ArrayList<Atom>();
            IntStream.range(0, size).mapToObj(i -> Atom.of("f" + i)).forEach(fields::add);
            fields.set(1, Atom.of("f0"));
            assertThatThrownBy(() -> new RecordTerm(name, name, true, fields, Collections.nCopies(size, name)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a field of the record r:r is repeated");
        }
    }

    @Test
    void theOrderOfPairsDoesNotCount() {
        for (int size : new int[] {2, 8, 9, 100}) {
            List<Term> keys = IntStream.range(0, size)
                    .<Term>mapToObj(i -> Tuple.of(IntegerTerm.of(i)))
                    .toList();
            Map<Term, Term> forwards = new LinkedHashMap<>();
            keys.forEach(key -> forwards.put(key, ListTerm.of(key)));
            Map<Term, Term> backwards = new LinkedHashMap<>();
            keys.reversed().forEach(key -> backwards.put(key, ListTerm.of(key)));
            MapTerm one = MapTerm.of(forwards);
            MapTerm other = MapTerm.of(backwards);
            assertThat((Object) one).isEqualTo(other);
            assertThat(one.hashCode()).isEqualTo(other.hashCode());
            assertThat(one.entries()).isEqualTo(backwards).isEqualTo(new HashMap<>(forwards));
            assertThat(one.entries().reversed().keySet()).containsExactlyElementsOf(keys.reversed());
            assertThat(one.entries().firstEntry()).isEqualTo(Map.entry(keys.getFirst(), ListTerm.of(keys.getFirst())));
            assertThat(one.get(keys.getLast())).contains(ListTerm.of(keys.getLast()));
            assertThat(one.get(Atom.OK)).isEmpty();
        }
    }

    @Test
    void mapsKeepTheirPairs() {
        Map<Term, Term> entries = new LinkedHashMap<>(Map.of(Atom.OK, Atom.TRUE));
        MapTerm map = MapTerm.of(entries);
        entries.put(Atom.ERROR, Atom.TRUE);
        assertThat(map.size()).isOne();
        assertThatThrownBy(() -> map.entries().put(Atom.ERROR, Atom.TRUE))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> map.entries().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> map.pairs().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(map.pairs()).containsExactly(Atom.OK, Atom.TRUE);
    }

    @Test
    void keysComeOnceAndWithAValue() {
        for (int size : new int[] {1, 20}) {
            var pairs = new ArrayList<Term>();
            for (int i = 0; i < size; i++) {
                pairs.addAll(List.of(IntegerTerm.of(i), Atom.OK));
            }
            pairs.addAll(List.of(IntegerTerm.of(0), Atom.OK));
            assertThatThrownBy(() -> MapTerm.ofPairs(pairs.toArray(Term[]::new)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("key " + (size + 1) + " of a map is repeated");
        }
        assertThatThrownBy(() -> MapTerm.ofPairs(Atom.OK)).hasMessageContaining("a key without a value");
    }

    @Test
    void keysAreNotNestedTooDeep() {
        MapTerm.ofPairs(nested(MapTerm.MAX_KEY_DEPTH), Atom.OK);
        assertThatThrownBy(() -> MapTerm.ofPairs(nested(MapTerm.MAX_KEY_DEPTH + 1), Atom.OK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deeper than 100");
        assertThatThrownBy(() -> MapTerm.ofPairs(MapTerm.ofPairs(Atom.OK, nested(MapTerm.MAX_KEY_DEPTH)), Atom.OK))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// Terms that have one hash code if the seed is known, or if a part is left out.
    static Stream<Arguments> colliding() {
        Atom node = Atom.of("a@h");
        return Stream.of(
                // Strings of 15 times "Aa" or "BB" have the same String.hashCode.
                Arguments.of("atoms", terms(i -> Atom.of(bits(i, "Aa", "BB")))),
                Arguments.of("pids", terms(i -> new Pid(node, i, -31 * i, 1))),
                Arguments.of("pids of other nodes", terms(i -> new Pid(Atom.of("n" + i + "@h"), 1, 1, 1))),
                Arguments.of("ports", terms(i -> new Port(node, i, -31 * i))),
                Arguments.of("references", terms(i -> new Reference(node, 1, i, -31 * i))),
                Arguments.of("references of other nodes", terms(i -> new Reference(Atom.of("n" + i + "@h"), 1, 1))),
                Arguments.of(
                        "funs",
                        terms(i -> new LocalFun(
                                Atom.OK, 0, Binary.of(new byte[16]), 0, i, i, new Pid(node, 1, 1, 1), List.of()))),
                Arguments.of("functions", terms(i -> new ExternalFun(Atom.of(bits(i, "Aa", "BB")), Atom.OK, 0))),
                Arguments.of(
                        "records",
                        terms(i -> new RecordTerm(Atom.of(bits(i, "Aa", "BB")), node, true, List.of(), List.of()))),
                Arguments.of(
                        "fields of records",
                        terms(i -> new RecordTerm(
                                node, node, true, List.of(Atom.of(bits(i, "Aa", "BB"))), List.of(Atom.OK)))),
                Arguments.of("tuples of atoms", terms(i -> Tuple.of(Atom.of(bits(i, "Aa", "BB"))))));
    }

    private static IntFunction<Term> terms(IntFunction<Term> term) {
        return term;
    }

    private static String bits(int number, String zero, String one) {
        return IntStream.range(0, 15)
                .mapToObj(bit -> ((number >> bit) & 1) == 0 ? zero : one)
                .collect(Collectors.joining());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("colliding")
    void noTermsCollideOnPurpose(String kind, IntFunction<Term> terms) {
        assertThat(IntStream.range(0, 1000)
                        .map(i -> terms.apply(i).hashCode())
                        .distinct()
                        .count())
                .isGreaterThan(990);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("colliding")
    void equalTermsHaveEqualHashCodes(String kind, IntFunction<Term> terms) {
        assertThat((Object) terms.apply(7)).isEqualTo(terms.apply(7)).hasSameHashCodeAs(terms.apply(7));
    }

    /// Two keys for each level, each of which is such a map, in different orders.
    private static Term mapOfMaps(int levels, boolean backwards, int leaf) {
        if (levels == 0) {
            return MapTerm.ofPairs(IntegerTerm.of(leaf), Atom.OK);
        }
        Term one = mapOfMaps(levels - 1, backwards, leaf);
        Term two = mapOfMaps(levels - 1, backwards, leaf + (1 << levels));
        return backwards ? MapTerm.ofPairs(two, Atom.OK, one, Atom.OK) : MapTerm.ofPairs(one, Atom.OK, two, Atom.OK);
    }

    /// In the time for reading each part a few times. Comparing the keys without their hash codes took minutes.
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void mapsAsKeysOfMapsTakeLinearTime() {
        Term map = mapOfMaps(14, false, 0);
        Term same = mapOfMaps(14, true, 0);
        assertThat(map.equals(same)).isTrue();
        assertThat(map.hashCode()).isEqualTo(same.hashCode());
        assertThat(map.equals(mapOfMaps(14, true, 1))).isFalse();
    }

    @Test
    void keysThatDifferOnlyAtTheBottomDoNotCollide() {
        int differentHashCodes = (int) IntStream.range(0, 1000)
                .map(i -> {
                    Term key = Tuple.of(IntegerTerm.of(i));
                    for (int level = 1; level < MapTerm.MAX_KEY_DEPTH; level++) {
                        key = level % 2 == 0 ? Tuple.of(key) : MapTerm.ofPairs(Atom.OK, key);
                    }
                    return key.hashCode();
                })
                .distinct()
                .count();
        assertThat(differentHashCodes).isGreaterThan(990);
    }

    static Stream<Arguments> deep() {
        return Stream.of(
                Arguments.of("tuples", wrapped(inner -> Tuple.of(inner)), wrapped(inner -> Tuple.of(inner))),
                Arguments.of("lists", wrapped(inner -> ListTerm.of(inner)), wrapped(inner -> ListTerm.of(inner))),
                Arguments.of(
                        "improper lists",
                        wrapped(inner -> new ImproperList(List.of(inner), Atom.OK)),
                        wrapped(inner -> new ImproperList(List.of(inner), Atom.OK))),
                Arguments.of(
                        "tails",
                        wrapped(inner -> new ImproperList(List.of(Atom.OK), Tuple.of(inner))),
                        wrapped(inner -> new ImproperList(List.of(Atom.OK), Tuple.of(inner)))),
                Arguments.of(
                        "maps",
                        wrapped(inner -> MapTerm.ofPairs(Atom.OK, inner)),
                        wrapped(inner -> MapTerm.ofPairs(Atom.OK, inner))),
                Arguments.of("funs", wrapped(TermTest::closure), wrapped(TermTest::closure)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deep")
    void depthNeedsNoStack(String kind, Term one, Term other) {
        assertThat(one.equals(other)).isTrue();
        assertThat(Tuple.of(one).equals(Tuple.of(one, one))).isFalse();
        assertThat(one.hashCode()).isEqualTo(other.hashCode());
        assertThat(one.toString()).isEqualTo(other.toString());
    }

    @Test
    void listsOfBytesAreAlikeHoweverTheyWereMade() {
        ListTerm fromBytes = ListTerm.ofBytes(Binary.of("hello"));
        ListTerm fromElements =
                new ListTerm("hello".chars().<Term>mapToObj(IntegerTerm::of).toList());
        assertThat((Object) fromElements).isEqualTo(fromBytes);
        assertThat(fromElements.hashCode()).isEqualTo(fromBytes.hashCode());
        assertThat(fromElements.bytes()).contains(Binary.of("hello"));
        assertThat(fromElements.elements()).isEqualTo(fromBytes.elements());
        assertThat(ListTerm.of(IntegerTerm.of(1), IntegerTerm.of(256)).bytes()).isEmpty();
        assertThat(ListTerm.of(IntegerTerm.of(-1)).bytes()).isEmpty();
        assertThat(ListTerm.EMPTY.bytes()).isEmpty();
        assertThat((Object) ListTerm.ofBytes(Binary.EMPTY)).isEqualTo(ListTerm.EMPTY);
    }

    @Test
    void eachIntegerHasOneForm() {
        assertThat((Object) IntegerTerm.of(BigInteger.valueOf(Long.MIN_VALUE)))
                .isEqualTo(IntegerTerm.of(Long.MIN_VALUE));
        assertThat((Object) IntegerTerm.of(BigInteger.TWO.pow(63)))
                .isEqualTo(new BigIntegerTerm(BigInteger.TWO.pow(63)));
        assertThatThrownBy(() -> new BigIntegerTerm(BigInteger.ONE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bitsThatDoNotCountAreZero() {
        assertThat((Object) new Bitstring(Binary.of((byte) 0xff), 3))
                .isEqualTo(new Bitstring(Binary.of((byte) 0xe0), 3));
        assertThat(new Bitstring(Binary.of((byte) 0xff, (byte) 0), 3).bitSize()).isEqualTo(11);
        assertThatThrownBy(() -> new Bitstring(Binary.EMPTY, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Bitstring(Binary.of((byte) 1), 8)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void creationsAndAllWordsMakeAnIdentity() {
        Atom node = Atom.of("n@h");
        assertThat((Object) new Pid(node, 1, 2, 3)).isEqualTo(new Pid(Atom.of("n@h"), 1, 2, 3));
        assertThat((Object) new Pid(node, 1, 2, 3)).isNotEqualTo(new Pid(node, 1, 2, 4));
        assertThat((Object) new Reference(node, 1, 2, 3)).isEqualTo(new Reference(node, 1, 2, 3));
        assertThat((Object) new Reference(node, 1, 2, 3)).isNotEqualTo(new Reference(node, 2, 2, 3));
        assertThat((Object) new Reference(node, 1, 2, 3)).isNotEqualTo(new Reference(node, 1, 2, 3, 0));
        assertThat((Object) new Port(node, 1, 2)).isNotEqualTo(new Port(node, 1, 3));
    }

    @Test
    void refusesValuesThatErlangDoesNotHave() {
        assertThatThrownBy(() -> Atom.of("x".repeat(256))).hasMessageContaining("at most 255 characters");
        assertThat(Atom.of("😀".repeat(255)).name()).hasSize(510);
        assertThatThrownBy(() -> Atom.of("\ud83d")).hasMessageContaining("lone surrogate");
        assertThatThrownBy(() -> Atom.of("\ude00\ud83d")).hasMessageContaining("lone surrogate");
        assertThatThrownBy(() -> Binary.of("a\udc00")).hasMessageContaining("lone surrogate");
        assertThatThrownBy(() -> new FloatTerm(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ExternalFun(Atom.OK, Atom.OK, 256)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tuple(Collections.nCopies(1 << 24, Atom.OK)))
                .hasMessageContaining("at most 16777215");
        assertThatThrownBy(() -> new ImproperList(List.of(), Atom.OK)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ImproperList(List.of(Atom.OK), ListTerm.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void atomsAreOrderedByCodePoints() {
        assertThat(Stream.of("b", "a", "\uffff", "😀", "", "aa")
                        .map(Atom::of)
                        .sorted()
                        .map(Atom::name))
                .containsExactly("", "a", "aa", "b", "\uffff", "😀");
    }

    private static Term nested(int levels) {
        Term term = Atom.OK;
        for (int i = 0; i < levels; i++) {
            term = Tuple.of(term);
        }
        return term;
    }

    private static Term wrapped(UnaryOperator<Term> wrap) {
        Term term = Atom.OK;
        for (int i = 0; i < 200_000; i++) {
            term = wrap.apply(term);
        }
        return term;
    }

    private static Term closure(Term free) {
        return new LocalFun(Atom.OK, 0, Binary.of(new byte[16]), 0, 0, 0, new Pid(Atom.OK, 1, 0, 4), List.of(free));
    }
}
