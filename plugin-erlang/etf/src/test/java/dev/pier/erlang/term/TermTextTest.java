package dev.pier.erlang.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.etf.RandomTerms;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The text form, as `io:format("~0tp")` of OTP 25 prints it, and back.
class TermTextTest {
    static Stream<Arguments> texts() {
        return Stream.of(
                text("abc", Atom.of("abc")),
                text("a_B@9", Atom.of("a_B@9")),
                text("''", Atom.EMPTY),
                text("'Abc'", Atom.of("Abc")),
                text("'_a'", Atom.of("_a")),
                text("'a b'", Atom.of("a b")),
                text("'a\\'b\\\\c\"'", Atom.of("a'b\\c\"")),
                text("'a\\n\\d\\000'", Atom.of("a\n\u007f\0")),
                text("'a\\200'", Atom.of("a\u0080")),
                text("äß", Atom.of("äß")),
                text("'Ä'", Atom.of("Ä")),
                text("'÷'", Atom.of("÷")),
                text("'a€'", Atom.of("a€")),
                text("'end'", Atom.of("end")),
                text("'maybe'", Atom.of("maybe")),
                text("endless", Atom.of("endless")),
                text("1", IntegerTerm.of(1)),
                text("-9223372036854775808", IntegerTerm.of(Long.MIN_VALUE)),
                text("9223372036854775808", new BigIntegerTerm(BigInteger.TWO.pow(63))),
                text("1.0", new FloatTerm(1)),
                text("-0.0", new FloatTerm(-0.0)),
                text("0.1", new FloatTerm(0.1)),
                text("100.0", new FloatTerm(100)),
                text("1.0e3", new FloatTerm(1000)),
                text("123456789.0", new FloatTerm(123456789)),
                text("0.0001", new FloatTerm(1e-4)),
                text("1.2345e-4", new FloatTerm(1.2345e-4)),
                text("1.0e-10", new FloatTerm(1e-10)),
                text("1.0e22", new FloatTerm(1e22)),
                text("4503599627370496.0", new FloatTerm(0x1p52)),
                text("9.007199254740992e15", new FloatTerm(0x1p53)),
                text("5.0e-324", new FloatTerm(Double.MIN_VALUE)),
                text("2.0e-323", new FloatTerm(2e-323)),
                text("1.7976931348623157e308", new FloatTerm(Double.MAX_VALUE)),
                text("<<>>", Binary.EMPTY),
                text("<<\"abc\">>", Binary.of("abc")),
                text("<<\"a\\\"b\\n\">>", Binary.of("a\"b\n")),
                text("<<\"ä€😀\"/utf8>>", Binary.of("ä€😀")),
                text("<<\"ä\">>", Binary.of((byte) 0xe4)),
                text("<<1,2,255>>", Binary.of((byte) 1, (byte) 2, (byte) 255)),
                text("<<194,133>>", Binary.of("\u0085")),
                text("<<1:3>>", new Bitstring(Binary.of((byte) 0x20), 3)),
                text("<<97,5:7>>", new Bitstring(Binary.of((byte) 97, (byte) 10), 7)),
                text("[]", ListTerm.EMPTY),
                text("\"abc\"", ints(97, 98, 99)),
                text("\"\\\"\\\\\\b\\t\\n\\v\\f\\r\\e\"", ints(34, 92, 8, 9, 10, 11, 12, 13, 27)),
                text("\"€😀\"", ints(0x20ac, 0x1f600)),
                text("[97,0]", ints(97, 0)),
                text("[127]", ints(127)),
                text("[55296]", ints(0xd800)),
                text("[65534]", ints(0xfffe)),
                text("[1114112]", ints(0x110000)),
                text("[[],\"a\",{}]", ListTerm.of(ListTerm.EMPTY, ints(97), Tuple.EMPTY)),
                text("[a|b]", new ImproperList(List.of(Atom.of("a")), Atom.of("b"))),
                text("[97,98|c]", new ImproperList(List.of(IntegerTerm.of(97), IntegerTerm.of(98)), Atom.of("c"))),
                text("{ok,<<\"x\">>}", Tuple.of(Atom.OK, Binary.of("x"))),
                text("{{{}}}", Tuple.of(Tuple.of(Tuple.EMPTY))),
                text(
                        "#nr:point{x = 1,y = {}}",
                        new RecordTerm(
                                Atom.of("nr"),
                                Atom.of("point"),
                                true,
                                List.of(Atom.of("x"), Atom.of("y")),
                                List.of(IntegerTerm.of(1), Tuple.EMPTY))),
                text(
                        "[#'M x':'end'{'Q z' = \"a\"},#a:b{}]",
                        ListTerm.of(
                                new RecordTerm(
                                        Atom.of("M x"),
                                        Atom.of("end"),
                                        true,
                                        List.of(Atom.of("Q z")),
                                        List.of(ints(97))),
                                new RecordTerm(Atom.of("a"), Atom.of("b"), true, List.of(), List.of()))),
                text("#{}", MapTerm.EMPTY),
                text(
                        "#{a => 1,\"b\" => #{c => d}}",
                        MapTerm.ofPairs(
                                Atom.of("a"),
                                IntegerTerm.of(1),
                                ints(98),
                                MapTerm.ofPairs(Atom.of("c"), Atom.of("d")))),
                text("fun lists:map/2", new ExternalFun(Atom.of("lists"), Atom.of("map"), 2)),
                text("fun 'A':'b c'/0", new ExternalFun(Atom.of("A"), Atom.of("b c"), 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void prints(String text, Term term) {
        assertThat(term).hasToString(text);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void parses(String text, Term term) {
        assertThat((Object) Term.parse(text)).isEqualTo(term);
    }

    @Test
    void identitiesShowTheNameOfTheirNode() {
        Atom node = Atom.of("web@host.local");
        assertThat(new Pid(node, 12, 1, 4)).hasToString("<web@host.local.12.1>");
        assertThat(new Pid(Atom.of("a b@h"), -1, 0, 4)).hasToString("<'a b@h'.4294967295.0>");
        assertThat(new Pid(Atom.of("a\n@h"), 1, 0, 4)).hasToString("<'a\\n@h'.1.0>");
        assertThat(new Port(node, -1, 4)).hasToString("#Port<web@host.local.18446744073709551615>");
        assertThat(new Reference(node, 4, 1, 2, -1)).hasToString("#Ref<web@host.local.4294967295.2.1>");
        var fun = new LocalFun(
                Atom.of("shell"), 1, Binary.of(new byte[16]), 3, 42, 65536, new Pid(node, 1, 0, 4), List.of());
        assertThat(fun).hasToString("#Fun<shell.42.65536>");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = "<=>", quoteCharacter = '`', textBlock = """
        { ok , [ 1 , 2 | [ 3 ] ] } .     <=> {ok,[1,2,3]}
        [1|[2|x]]                        <=> [1,2|x]
        [a|"bc"]                         <=> [a,98,99]
        #{ a=>1 , b => 2 }               <=> #{a => 1,b => 2}
        - 1                              <=> -1
        1.                               <=> 1
        +7                               <=> 7
        1_000_000                        <=> 1000000
        16#fF                            <=> 255
        -2#1010                          <=> -10
        36#Zz                            <=> 1295
        1.5E+3                           <=> 1.5e3
        1_0.2_5e-1                       <=> 1.025
        $a                               <=> 97
        -$a                              <=> -97
        $€                               <=> 8364
        <<"é"/utf8,1,2:8>>               <=> <<195,169,1,2>>
        <<"ab","cd">>                    <=> <<"abcd">>
        << 1 : 4 , 2 : 4 >>              <=> <<18>>
        <<1:1,16#ff>>                    <=> <<255,1:1>>
        fun lists : map / 2              <=> fun lists:map/2
        fun m:f/255                      <=> fun m:f/255
        end                              <=> 'end'
        """)
    void parsesOtherSpellings(String text, String canonical) {
        assertThat(Term.parse(text)).hasToString(canonical);
    }

    @Test
    void readsEscapes() {
        assertThat(Term.parse("$\\n")).isEqualTo((Object) IntegerTerm.of(10));
        assertThat(Term.parse("$\\s")).isEqualTo((Object) IntegerTerm.of(32));
        assertThat(Term.parse("$\\\\")).isEqualTo((Object) IntegerTerm.of(92));
        assertThat(Term.parse("\"\\x41\\x{1F600}\\101\\^a\\q\\0\""))
                .isEqualTo((Object) ints(0x41, 0x1f600, 65, 1, 'q', 0));
        assertThat(Term.parse("'\\x{20AC}'")).isEqualTo((Object) Atom.of("€"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = "<=>", quoteCharacter = '`', textBlock = """
        {ok                     <=> character 4, at its end: expected ',' or '}'
        {ok,}                   <=> character 5, before '}': no term begins with this character
        [1,2|                   <=> character 6, at its end: expected a term
        [1|2,3]                 <=> character 5, before ',3]': expected ']'
        [|a]                    <=> character 2, before '|a]': no term begins with this character
        {1;2}                   <=> character 3, before ';2}': expected ',' or '}'
        #{a = 1}                <=> character 5, before '= 1}': expected '=>'
        #{a => 1, a => 2}       <=> character 1, before '#{a => 1, a => 2}': key 2 of a map is repeated
        Variable                <=> character 1, before 'Variable': no term begins with this character
        1 2                     <=> character 3, before '2': expected the end of the text
        1.e5                    <=> character 3, before 'e5': expected the end of the text
        1.5e                    <=> character 5, at its end: expected a digit
        1.0e999                 <=> character 1, before '1.0e999': a float that is too large
        1__0                    <=> character 3, before '_0': expected a digit
        37#1                    <=> character 1, before '37#1': a base is 2 to 36, not 37
        2#12                    <=> character 4, before '2': expected the end of the text
        16#                     <=> character 4, at its end: expected a digit
        -a                      <=> character 2, before 'a': expected a digit
        "abc                    <=> character 5, at its end: unexpected end of the text
        'abc                    <=> character 5, at its end: unexpected end of the text
        "\\x4"                  <=> a character is
        "\\x{110000}"           <=> a character above 16#10FFFF
        "\\x{D800}"             <=> half of a surrogate pair is not a character
        <<256>>                 <=> character 3, before '256>>': expected an integer of 8 bits
        <<-1>>                  <=> character 3, before '-1>>': expected an integer of 8 bits
        <<1:65>>                <=> character 5, before '65>>': expected a size of 0 to 64 bits
        <<"€">>                 <=> needs /utf8
        <<1                     <=> character 4, at its end: expected '>>'
        <<a>>                   <=> character 3, before 'a>>': expected an integer of 8 bits
        fun lists:map           <=> character 14, at its end: expected '/'
        fun lists:map/256       <=> character 15, before '256': expected the arity of a fun, 0 to 255
        <0.1.0>                 <=> character 1, before '<0.1.0>': no term begins with this character
        #r{a = 1}               <=> character 3, before '{a = 1}': expected ':'
        #m:r{a => 1}            <=> character 8, before '> 1}': no term begins with this character
        #m:r{a}                 <=> character 7, before '}': expected '='
        #m:r{1 = a}             <=> character 6, before '1 = a}': expected an atom
        #m:r{a = 1              <=> character 11, at its end: expected ',' or '}'
        #m:r{a = 1,a = 1}       <=> character 1, before '#m:r{a = 1,a = 1}': a field of the record m:r is repeated
        #Ref<0.1.2>             <=> character 1, before '#Ref<0.1.2>': no term begins with this character
        """)
    void saysWhereAndWhy(String text, String error) {
        assertThatThrownBy(() -> Term.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(error);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "."})
    void anEmptyTextIsNoTerm(String text) {
        assertThatThrownBy(() -> Term.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPrintedTermReadsBackAsTheSame() {
        for (Term term : RandomTerms.ofData(7).list(10_000)) {
            String text = term.toString();
            assertThat(Term.parse(text).equals(term)).as(text).isTrue();
        }
    }

    @Test
    void anExcerptIsTheBeginning() {
        for (Term term : RandomTerms.ofData(9).list(10_000)) {
            String text = term.toString();
            for (int most : new int[] {0, 1, 2, 10, 60}) {
                int cut = most > 0 && most < text.length() && Character.isHighSurrogate(text.charAt(most - 1))
                        ? most - 1
                        : most;
                assertThat(term.excerpt(most)).isEqualTo(text.length() <= most ? text : text.substring(0, cut) + "…");
            }
        }
    }

    @Test
    void anExcerptIsMadeOfTermsThatWouldNotFitInAString() {
        Term twice = ListTerm.of(Atom.of("a"));
        for (int i = 0; i < 60; i++) {
            twice = ListTerm.of(twice, twice);
        }
        assertThat(twice.excerpt(65)).isEqualTo("[".repeat(61) + "a],[…");
    }

    @Test
    void anyTextIsATermOrSaysWhere() {
        var random = new Random(7);
        List<Term> terms = RandomTerms.ofData(8).list(500);
        int wrong = 0;
        for (int run = 0; run < 20_000; run++) {
            var text = new StringBuilder(terms.get(random.nextInt(terms.size())).toString());
            text.setLength(Math.min(text.length(), 300));
            text.setCharAt(random.nextInt(text.length()), "{}[]<>\"'\\|,#$:/ .aA9-_".charAt(random.nextInt(22)));
            try {
                Term parsed = Term.parse(text.toString());
                assertThat((Object) Term.parse(parsed.toString())).isEqualTo(parsed);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("not a term: at character ");
                wrong++;
            }
        }
        assertThat(wrong).isBetween(2000, 19_000);
    }

    private static Arguments text(String text, Term term) {
        return Arguments.of(text, term);
    }

    private static ListTerm ints(int... values) {
        return new ListTerm(
                Arrays.stream(values).<Term>mapToObj(IntegerTerm::of).toList());
    }
}
