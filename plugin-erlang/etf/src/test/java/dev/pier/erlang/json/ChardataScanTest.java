package dev.pier.erlang.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.Chardata;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.internal.Unicode;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChardataScanTest {
    private static final JsonOptions TEXT = JsonOptions.DEFAULT.withChardataAsText(true);

    private static String json(EncodedTerm term, JsonOptions options) throws IOException {
        var bytes = new ByteArrayOutputStream();
        JsonOutput out = new JsonOutput(bytes);
        new JsonWriter(options, out, new AtomJsonCache()).write(term.open(DecodeLimits.DEFAULT));
        out.send();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String json(String term) throws IOException {
        return json(EncodedTerm.of(Term.parse(term)), TEXT);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "->", quoteCharacter = '`', textBlock = """
        [[97]," is ",<<"b">>]              -> "a is b"
        [[[8364],[[<<"ä"/utf8>>]]],"\\"\\n"]  -> "€ä\\"\\n"
        ["a",[<<" is ">>|<<"b">>]]          -> "a is b"
        {ok,[[97],<<"b">>],[1,2]}           -> ["ok","ab",[1,2]]
        [<<"a">>,<<"b">>]                   -> "ab"
        [["ab"],[c]]                        -> ["ab",["c"]]
        [["ab",c],["de",[["f"]]]]           -> [["ab","c"],"def"]
        [[["x"],a],[["y"],b]]               -> [["x","a"],["y","b"]]
        ["a"|b]                             -> ["a","b"]
        [98|97]                             -> [98,97]
        [97,-1]                             -> [97,-1]
        [97,1]                              -> [97,1]
        [<<1>>]                             -> ["\\u0001"]
        [<<255>>]                           -> ["/w=="]
        []                                  -> []
        [[],[[]],<<>>]                      -> [[],[[]],""]
        [[],[[]],<<"a">>]                   -> "a"
        #{a => ["b",["c"]]}                 -> {"a":"bc"}
        [{a,1},{b,["c",["d"]]}]             -> [["a",1],["b","cd"]]
        """)
    void nestedTextBecomesAString(String term, String json) throws IOException {
        assertThat(json(term)).isEqualTo(json);
    }

    @Test
    void charlistsAreTextWhateverTheirOwnOptionSays() throws IOException {
        JsonOptions both = TEXT.withCharlistsAsText(false);
        assertThat(json(EncodedTerm.of(Term.parse("[\"abc\",{\"abc\",[955,956]}]")), both))
                .isEqualTo("[\"abc\",[\"abc\",\"λμ\"]]");
    }

    private static Term random(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 9)) {
            case 0, 1 -> IntegerTerm.of('a' + random.nextInt(26));
            case 2 -> Binary.of("x".repeat(random.nextInt(3)));
            case 3 -> ListTerm.EMPTY;
            case 4 ->
                switch (random.nextInt(40)) {
                    case 0 -> Atom.of("b");
                    case 1 -> IntegerTerm.of(7);
                    default -> IntegerTerm.of(8364);
                };
            case 5 -> new ImproperList(List.of(random(random, depth - 1)), Binary.of("t"));
            default ->
                new ListTerm(IntStream.range(0, random.nextInt(5))
                        .mapToObj(_ -> random(random, depth - 1))
                        .toList());
        };
    }

    /// As the reading of a `String` finds it.
    private static String expected(Term term) {
        boolean list = term instanceof ListTerm || term instanceof ImproperList;
        String text = list ? Chardata.text(term) : null;
        if (text != null && !text.isEmpty() && text.codePoints().allMatch(Unicode::isPrintable)) {
            return "\"" + text + "\"";
        }
        return switch (term) {
            case ListTerm(List<Term> elements) -> array(elements);
            case ImproperList(List<Term> elements, Term tail) ->
                "[" + expected(elements.getFirst()) + "," + expected(tail) + "]";
            case Binary binary -> "\"" + binary.utf8().orElseThrow() + "\"";
            case Atom(String name) -> "\"" + name + "\"";
            default -> term.toString();
        };
    }

    private static String array(List<Term> elements) {
        return elements.stream().map(ChardataScanTest::expected).collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void allThatIsReadAsTextIsTextInJson() throws IOException {
        Random random = new Random(17);
        int texts = 0;
        for (int i = 0; i < 10_000; i++) {
            Term term = random(random, 5);
            String json = json(EncodedTerm.of(term), TEXT);
            assertThat(json).as("%s", term).isEqualTo(expected(term));
            texts += json.startsWith("\"") ? 1 : 0;
        }
        assertThat(texts).isBetween(1_000, 9_000);
    }

    /// In the time for reading the term a few times: a scan at each level would take minutes.
    @ParameterizedTest
    @ValueSource(strings = {"", "6a", "6d00000000", "6101", "770161"})
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nestedListsTakeLinearTime(String atTheEnd) throws IOException {
        int levels = 5_000;
        byte[] text = new byte[1_000];
        Arrays.fill(text, (byte) 'x');
        byte[] last = HexFormat.of().parseHex(atTheEnd);
        EtfOutput out = new EtfOutput(1024);
        TermEncoder.encodeListHeader(2, out);
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < levels; i++) {
                TermEncoder.encodeListHeader(2, out);
                if (atTheEnd.startsWith("6") && !atTheEnd.equals("6101")) {
                    TermEncoder.encodeNil(out);
                } else {
                    TermEncoder.encodeBinary(text, out);
                }
            }
            if (last.length == 0) {
                TermEncoder.encodeNil(out);
            } else {
                out.write(last);
            }
            for (int i = 0; i < levels; i++) {
                TermEncoder.encodeNil(out);
            }
        }
        TermEncoder.encodeNil(out);
        String json = json(EncodedTerm.of(out.toByteArray()), TEXT);
        assertThat(json).startsWith(atTheEnd.isEmpty() ? "\"xxx" : "[[");
    }

    @Test
    void nestingIsLimited() {
        byte[] deep = HexFormat.of().parseHex("6c00000001".repeat(101) + "61616a" + "6a".repeat(100));
        var out = new ByteArrayOutputStream();
        JsonWriter writer = new JsonWriter(TEXT, new JsonOutput(out), new AtomJsonCache());
        DecodeLimits limits = new DecodeLimits(100, 1 << 20, 1000, 1000);
        assertThatThrownBy(() -> writer.write(EncodedTerm.of(deep).open(limits)))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("limit depth");
    }
}
