package dev.pier.fuzz.targets;

import dev.pier.erlang.term.Term;
import dev.pier.fuzz.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// A term as text, for [Term#parse]. A term that is accepted has a text that is accepted as the same term.
final class TermTextTarget implements Target {
    static final String NAME = "term-texts";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int shortRun() {
        return 20_000;
    }

    @Override
    public long maxAllocation(int inputLength) {
        return (4L << 20) + 2000L * inputLength;
    }

    @Override
    public List<byte[]> seeds() {
        return texts(
                "{ok,[1,-1,16#ff,$a,1.5e3,'ä €',\"te\\\"xt\",<<\"b\">>,<<1,2:3>>]}",
                "#{a => #{},{b,[]} => [x|y]}",
                "[a,b,'C'|d]",
                "{#m:r{},#m:'R'{a = 1,b = [#m:r{}]}}",
                "fun lists:sum/1");
    }

    @Override
    public List<byte[]> dictionary() {
        return texts(
                "{", "}", "[", "]", "#{", "#a:b{", "=", "=>", "<<", ">>", ":", "$\\", "\\x{", "'", "\"", "1.0e", "16#",
                "/utf8");
    }

    private static List<byte[]> texts(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public boolean accepts(byte[] input) {
        Term term;
        try {
            term = Term.parse(new String(input, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (!Term.parse(term.toString()).equals(term)) {
            throw new AssertionError("the text of the term is another term: " + term);
        }
        return true;
    }
}
