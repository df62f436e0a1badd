package dev.pier.erlang.servlet.mount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.internal.EncodedArgument;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EncodedHeadTest {
    private static final EncodedHead.Key KEY = EncodedHead.Key.of("key");

    private static Term decoded(EncodedHead head) {
        EncodedArgument argument = head.toArgument();
        byte[] external = new byte[1 + argument.length()];
        external[0] = (byte) 131;
        System.arraycopy(argument.bytes(), 0, external, 1, argument.length());
        return Term.decode(external);
    }

    @Test
    void allKindsOfValues() {
        EncodedHead map = EncodedHead.map();
        map.putLatin1(KEY, "\u00e4");
        map.putLatin1(EncodedHead.Key.of("none"), null);
        map.putUtf8(EncodedHead.Key.of("utf8"), "\u00e4\u20ac");
        map.putInteger(EncodedHead.Key.of("small"), 8080);
        map.putInteger(EncodedHead.Key.of("least"), Integer.MIN_VALUE);
        map.putInteger(EncodedHead.Key.of("large"), Long.MAX_VALUE);
        map.putTerm(EncodedHead.Key.of("term"), Atom.TRUE);
        assertThat(decoded(map))
                .isEqualTo(Term.parse("#{key => <<228>>, utf8 => <<195,164,226,130,172>>, small => 8080,"
                        + " least => -2147483648, large => 9223372036854775807, term => true}"));
    }

    @Test
    void tuplesHaveTheSameValuesWithoutKeys() {
        EncodedHead tuple = EncodedHead.tuple();
        tuple.putLatin1(KEY, "\u00e4");
        tuple.putLatin1(KEY, null);
        tuple.putMissing(KEY);
        tuple.putInteger(KEY, 8080);
        int list = tuple.beginPairs(KEY);
        tuple.addPair("a", "1");
        tuple.endPairs(list, 1);
        assertThat(decoded(tuple)).isEqualTo(Term.parse("{<<228>>, [], [], 8080, [{<<\"a\">>,<<\"1\">>}]}"));
        assertThat(decoded(EncodedHead.tuple())).isEqualTo(Term.parse("{}"));
    }

    @Test
    void listsOfPairs() {
        EncodedHead map = EncodedHead.map();
        map.endPairs(map.beginPairs(KEY), 0);
        int list = map.beginPairs(EncodedHead.Key.of("pairs"));
        map.addPair("a", "1");
        map.addPair("b", "");
        map.endPairs(list, 2);
        assertThat(decoded(map))
                .isEqualTo(Term.parse("#{key => [], pairs => [{<<\"a\">>,<<\"1\">>},{<<\"b\">>,<<>>}]}"));
    }

    @Test
    void manyBytesAndNone() {
        char[] text = new char[100_000];
        Arrays.fill(text, 'x');
        EncodedHead map = EncodedHead.map();
        map.putLatin1(KEY, new String(text));
        assertThat(map.toArgument().length()).isEqualTo(5 + 5 + 5 + text.length);
        assertThat(decoded(map).toString()).contains("xxx");
        assertThat(decoded(EncodedHead.map())).isEqualTo(Term.parse("#{}"));
    }
}
