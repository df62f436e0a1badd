package dev.pier.erlang.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProplistScanTest {
    private static final JsonOptions OBJECTS =
            JsonOptions.DEFAULT.withCharlistsAsText(false).withProplistsAsObjects(true);

    private static byte[] json(EncodedTerm term) throws IOException {
        var bytes = new ByteArrayOutputStream();
        JsonOutput out = new JsonOutput(bytes);
        new JsonWriter(OBJECTS, out, new AtomJsonCache()).write(term.open(DecodeLimits.DEFAULT));
        out.send();
        return bytes.toByteArray();
    }

    private static Term random(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 2 : 7);
        return switch (kind) {
            case 0 -> Atom.of(String.valueOf((char) ('a' + random.nextInt(26))) + random.nextInt(1_000_000));
            case 1 -> IntegerTerm.of(1000 + random.nextInt(1000));
            case 2, 3 -> Tuple.of(random(random, depth - 1), random(random, depth - 1));
            default ->
                new ListTerm(IntStream.range(0, random.nextInt(4))
                        .mapToObj(_ -> random(random, depth - 1))
                        .toList());
        };
    }

    private static boolean isPair(Term term) {
        return term instanceof Tuple(List<Term> parts) && parts.size() == 2 && parts.getFirst() instanceof Atom;
    }

    private static String expected(Term term) {
        return switch (term) {
            case Atom(String name) -> "\"" + name + "\"";
            case Tuple(List<Term> elements) -> array(elements);
            case ListTerm(List<Term> elements)
            when elements.stream().allMatch(e -> e instanceof Atom || isPair(e))
                    && elements.stream().anyMatch(ProplistScanTest::isPair) ->
                elements.stream()
                        .map(e -> e instanceof Tuple pair
                                ? expected(pair.get(0)) + ":" + expected(pair.get(1))
                                : expected(e) + ":true")
                        .collect(Collectors.joining(",", "{", "}"));
            case ListTerm(List<Term> elements) -> array(elements);
            default -> term.toString();
        };
    }

    private static String array(List<Term> elements) {
        return elements.stream().map(ProplistScanTest::expected).collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void onlyListsOfPairsAndAtomsWithAPairBecomeObjects() throws IOException {
        Random random = new Random(13);
        for (int i = 0; i < 5_000; i++) {
            Term term = random(random, 6);
            assertThat(new String(json(EncodedTerm.of(term)), StandardCharsets.UTF_8))
                    .isEqualTo(expected(term));
        }
    }

    /// In the time for reading the term twice. Asking at each level took a minute.
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nestedProplistsTakeLinearTime() throws IOException {
        int levels = 4_000;
        int elements = 2_000_000;
        EtfOutput out = new EtfOutput(1024);
        for (int i = 0; i < levels; i++) {
            TermEncoder.encodeListHeader(1, out);
            TermEncoder.encodeTupleHeader(2, out);
            TermEncoder.encodeAtom(Atom.OK, out);
        }
        TermEncoder.encodeListHeader(elements, out);
        for (int i = 0; i < elements; i++) {
            TermEncoder.encodeLong(1, out);
        }
        for (int i = 0; i <= levels; i++) {
            TermEncoder.encodeNil(out);
        }
        assertThat(json(EncodedTerm.of(out.toByteArray()))).hasSize(levels * "{\"ok\":}".length() + 2 * elements + 1);
    }
}
