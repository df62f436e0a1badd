package dev.pier.erlang.etf;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Bitstring;
import dev.pier.erlang.term.ExternalFun;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.LocalFun;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.RecordTerm;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Random terms of all kinds, the same ones for the same seed. Sizes and values gather around the borders between
/// two encodings.
public final class RandomTerms {
    private static final int[] BITS = {
        1, 7, 8, 9, 15, 16, 31, 32, 33, 59, 60, 61, 62, 63, 64, 65, 127, 128, 2039, 2040, 2041
    };
    private static final int[] SIZES = {0, 1, 1, 2, 2, 3, 3, 4, 5, 8};
    private static final int[] BYTE_SIZES = {0, 1, 2, 3, 5, 7, 8, 9, 63, 64, 65, 255, 256, 300};

    private final Random random;
    private final boolean identities;
    private final boolean code;
    private final boolean records;

    private RandomTerms(long seed, boolean identities, boolean code, boolean records) {
        this.random = new Random(seed);
        this.identities = identities;
        this.code = code;
        this.records = records;
    }

    /// Of every kind that all supported releases of Erlang have.
    public static RandomTerms ofEveryKind(long seed) {
        return new RandomTerms(seed, true, true, false);
    }

    /// Without funs that have code.
    public static RandomTerms withoutCode(long seed) {
        return new RandomTerms(seed, true, false, false);
    }

    /// Without those that have no text form which can be read: pids, ports, references and funs with code.
    public static RandomTerms ofData(long seed) {
        return new RandomTerms(seed, false, false, false);
    }

    /// The same terms as [#withoutCode] has, and native records, which Erlang has since OTP 29.
    public static RandomTerms withRecords(long seed) {
        return new RandomTerms(seed, true, false, true);
    }

    public List<Term> list(int count) {
        return Stream.generate(this::next).limit(count).toList();
    }

    public Term next() {
        return term(random.nextInt(5));
    }

    private Term term(int levels) {
        if (levels == 0 || random.nextInt(4) == 0) {
            return leaf();
        }
        if (records && random.nextInt(6) == 0) {
            return record(levels);
        }
        return switch (random.nextInt(code ? 7 : 6)) {
            case 0, 1 ->
                new Tuple(
                        terms(levels, levels == 1 && random.nextInt(50) == 0 ? 255 + random.nextInt(2) : oneOf(SIZES)));
            case 2, 3 -> new ListTerm(terms(levels, oneOf(SIZES)));
            case 4 -> improperList(levels);
            case 5 -> map(levels);
            default ->
                new LocalFun(
                        atom(),
                        random.nextInt(256),
                        Binary.of(bytes(16)),
                        random.nextInt(1000),
                        random.nextInt(1000),
                        random.nextInt(1 << 27),
                        pid(),
                        terms(levels, random.nextInt(4)));
        };
    }

    private Term record(int levels) {
        var fields = new LinkedHashSet<Atom>();
        for (int i = oneOf(SIZES) * (random.nextInt(20) == 0 ? 10 : 1); i > 0; i--) {
            fields.add(atom());
        }
        return new RecordTerm(atom(), atom(), random.nextBoolean(), List.copyOf(fields), terms(levels, fields.size()));
    }

    private Term leaf() {
        return switch (random.nextInt(identities ? 13 : 10)) {
            case 0, 1 -> integer();
            case 2, 3 -> atom();
            case 4 -> Binary.of(bytes(oneOf(BYTE_SIZES)));
            case 5 -> Binary.of(text(random.nextInt(12)));
            case 6 -> charlist();
            case 7 -> floating();
            case 8 -> new Bitstring(Binary.of(bytes(1 + random.nextInt(9))), 1 + random.nextInt(7));
            case 9 -> externalFun();
            case 10 -> pid();
            case 11 -> new Port(node(), random.nextLong() >>> (8 + random.nextInt(50)), creation());
            // The first word of Erlang's own references has 18 bits, and OTP 25 reads no others.
            default -> new Reference(node(), creation(), random.nextInt(1 << 18), random.nextInt(), random.nextInt());
        };
    }

    /// OTP 25 prints names in funs by rules of its own: no reserved word is quoted, and only Latin-1 is shown.
    private Term externalFun() {
        int arity = random.nextInt(256);
        return identities
                ? new ExternalFun(atom(), atom(), arity)
                : new ExternalFun(Atom.of("lists"), Atom.of("map_fold".substring(0, 3 + random.nextInt(6))), arity);
    }

    private Term improperList(int levels) {
        Term tail = term(levels - 1);
        while (tail instanceof ListTerm || tail instanceof ImproperList) {
            tail = leaf();
        }
        return new ImproperList(terms(levels, 1 + random.nextInt(4)), tail);
    }

    /// With keys in the order in which Erlang keeps small maps: integers, then atoms, then binaries.
    private Term map(int levels) {
        Map<Term, Term> entries = new LinkedHashMap<>();
        ordered(() -> BigInteger.valueOf(random.nextInt(1000) - 500), key -> IntegerTerm.of(key))
                .forEach(key -> entries.put(key, term(levels - 1)));
        ordered(this::atom, key -> key).forEach(key -> entries.put(key, term(levels - 1)));
        ordered(() -> text(random.nextInt(12)), Binary::of).forEach(key -> entries.put(key, term(levels - 1)));
        return MapTerm.of(entries);
    }

    private <K extends Comparable<? super K>> List<Term> ordered(Supplier<K> keys, Function<K, Term> term) {
        var sorted = new TreeMap<K, Term>();
        for (int i = random.nextInt(6); i > 0; i--) {
            K key = keys.get();
            // Beyond ASCII the order of text in Java is not that of its bytes in Erlang.
            if (!(key instanceof String text) || text.chars().allMatch(c -> c < 0x80)) {
                sorted.put(key, term.apply(key));
            }
        }
        return List.copyOf(sorted.values());
    }

    private List<Term> terms(int levels, int count) {
        var terms = new ArrayList<Term>();
        for (int i = 0; i < count; i++) {
            terms.add(term(levels - 1));
        }
        return terms;
    }

    private Term integer() {
        BigInteger magnitude = random.nextBoolean()
                ? new BigInteger(oneOf(BITS), random)
                : BigInteger.TWO.pow(oneOf(BITS)).add(BigInteger.valueOf(random.nextInt(3) - 1));
        return IntegerTerm.of(random.nextBoolean() ? magnitude : magnitude.negate());
    }

    private Term floating() {
        double value = switch (random.nextInt(4)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextInt(2000) / 100.0;
            case 2 -> (1 + random.nextInt(99)) * Math.pow(10, random.nextInt(620) - 320);
            default -> Math.scalb(1.0, random.nextInt(2098) - 1074);
        };
        return new FloatTerm(Double.isFinite(value) ? value : -0.0);
    }

    private Atom atom() {
        return switch (random.nextInt(20)) {
            case 0 -> Atom.of(text(255));
            case 1, 4, 5 -> Atom.of(text(random.nextInt(12)));
            case 2 -> Atom.OK;
            case 3 -> Atom.EMPTY;
            case 6 -> Atom.of("end");
            default -> Atom.of("abc_xyz@AZ09".substring(0, 1 + random.nextInt(11)));
        };
    }

    private Term charlist() {
        return new ListTerm(text(random.nextInt(12))
                .codePoints()
                .<Term>mapToObj(IntegerTerm::of)
                .toList());
    }

    private String text(int length) {
        var text = new StringBuilder();
        int highest = new int[] {0x7f, 0x7f, 0xff, 0x7ff, 0xffff, 0x10ffff}[random.nextInt(6)];
        for (int i = 0; i < length; i++) {
            int c = random.nextInt(4) == 0 ? random.nextInt(0x80) : random.nextInt(highest + 1);
            boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            // Erlang prints these two in atoms, and does not read them.
            boolean unreadable = c == 0xfffe || c == 0xffff;
            text.appendCodePoint(surrogate || (unreadable && !identities) ? ' ' : c);
        }
        return text.toString();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private Pid pid() {
        return new Pid(node(), random.nextInt(1 << 15), random.nextInt(1 << 13), creation());
    }

    private Atom node() {
        return Atom.of("node" + random.nextInt(3) + "@host");
    }

    private int creation() {
        return 4 + random.nextInt(Integer.MAX_VALUE - 4);
    }

    private int oneOf(int[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
