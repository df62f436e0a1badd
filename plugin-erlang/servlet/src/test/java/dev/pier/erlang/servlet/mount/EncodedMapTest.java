package dev.pier.erlang.servlet.mount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.internal.EncodedArgument;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EncodedMapTest {
    private static final EncodedMap.Key KEY = EncodedMap.Key.of("key");

    private static Term decoded(EncodedMap map) {
        EncodedArgument argument = map.toArgument();
        byte[] external = new byte[1 + argument.length()];
        external[0] = (byte) 131;
        System.arraycopy(argument.bytes(), 0, external, 1, argument.length());
        return Term.decode(external);
    }

    @Test
    void allKindsOfValues() {
        EncodedMap map = new EncodedMap();
        map.putLatin1(KEY, "\u00e4");
        map.putLatin1(EncodedMap.Key.of("none"), null);
        map.putUtf8(EncodedMap.Key.of("utf8"), "\u00e4\u20ac");
        map.putInteger(EncodedMap.Key.of("small"), 8080);
        map.putInteger(EncodedMap.Key.of("least"), Integer.MIN_VALUE);
        map.putInteger(EncodedMap.Key.of("large"), Long.MAX_VALUE);
        map.putTerm(EncodedMap.Key.of("term"), Atom.TRUE);
        assertThat(decoded(map))
                .isEqualTo(Term.parse("#{key => <<228>>, utf8 => <<195,164,226,130,172>>, small => 8080,"
                        + " least => -2147483648, large => 9223372036854775807, term => true}"));
    }

    @Test
    void listsOfPairs() {
        EncodedMap map = new EncodedMap();
        map.endPairs(map.beginPairs(KEY), 0);
        int list = map.beginPairs(EncodedMap.Key.of("pairs"));
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
        EncodedMap map = new EncodedMap();
        map.putLatin1(KEY, new String(text));
        assertThat(map.toArgument().length()).isEqualTo(5 + 5 + 5 + text.length);
        assertThat(decoded(map).toString()).contains("xxx");
        assertThat(decoded(new EncodedMap())).isEqualTo(Term.parse("#{}"));
    }
}
