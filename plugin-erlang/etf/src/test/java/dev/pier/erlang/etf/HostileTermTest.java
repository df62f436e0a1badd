package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.pier.erlang.BadArgument;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a peer could send to do harm. Each is refused in bounded memory, time and stack.
class HostileTermTest {
    private static final Atom[] NO_ATOMS = {};
    private static final Pattern REPEATED = Pattern.compile("\\[(\\w+)]");
    private static final DecodeLimits LIMITS = new DecodeLimits(100, 1 << 20, 1000, 1000);

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        a list that claims 2^32-1 elements        | 6c ffffffff 6a                    | 4294967295 elements claimed
        a tuple that claims 2^32-1 elements       | 69 ffffffff 6a                    | 4294967295 elements claimed
        a map that claims 2^31 pairs              | 74 80000000 6a 6a                 | 2147483648 elements claimed
        a map of more pairs than bytes            | 74 00000002 6a 6a 6a              | 2 elements claimed
        a binary that claims 2^32-1 bytes         | 6d ffffffff 00                    | 4294967295 bytes claimed
        a binary that claims 20 bytes             | 6d 00000014 010203                | 20 bytes claimed
        a bitstring that claims 2^31 bytes        | 4d 80000000 03 00                 | 2147483648 bytes claimed
        a big that claims 2^32-1 bytes            | 6f ffffffff 00 00                 | 4294967295 bytes claimed
        an integer of too many digits             | 6f 000001a0 00 [1a0]              | limit digits
        a fun that claims 2^32-1 variables        | 70 00000040 00 [10] 00000000 ffffffff 7700 | 4294967295 elements claimed
        a fun whose size is wrong                 | 70 0000003a 00 [10] 00000000 00000000 770161 6107 6107 58 7703 6e4068 00000001 00000000 00000004 | its size
        a fun with a float for its index          | 70 00000039 00 [10] 00000000 00000000 770161 46 3ff0000000000000 | an integer
        a key twice                               | 74 00000002 6101 6a 6101 6a       | key 2 of a map is repeated
        a key twice in two encodings              | 74 00000002 6101 6a 6200000001 6a | key 2 of a map is repeated
        a record that claims 2^32-1 fields        | 43 ffffffff 01 7700 7700            | 4294967295 elements claimed
        a record of more fields than bytes        | 43 00000002 01 7700                 | 2 elements claimed
        a record neither exported nor not         | 43 00000000 02 7700 7700            | exported (1) or not (0)
        a record whose module is a number         | 43 00000000 01 6101 7700            | expected a term
        a record with a number for a field        | 43 00000001 01 7700 7700 6101 6101  | expected a term
        a record with a field twice               | 43 00000002 01 7700 7700 7700 7700 6101 6101 | is repeated
        NaN                                       | 46 7ff8000000000001               | finite
        infinity                                  | 46 fff0000000000000               | finite
        infinity as text                          | 63 696e66[1c]                     | not a float
        an atom that is not UTF-8                 | 77 01 ff                          | not UTF-8
        an overlong atom                          | 77 02 c0af                        | not UTF-8
        half a surrogate pair                     | 77 03 eda080                      | not UTF-8
        an atom of 256 characters                 | 76 0100 [100]                     | at most 255
        a Latin-1 atom of 256 characters          | 64 0100 [100]                     | at most 255
        a cache reference to nothing              | 52 07                             | cache reference 7
        bits that are more than a byte            | 4d 00000001 09 00                 | 9 bits
        no bits in a byte                         | 4d 00000001 00 00                 | 0 bits
        bits in no byte                           | 4d 00000000 03                    | 3 bits
        a reference of no words                   | 5a 0000 7700 00000004             | 0 words
        a reference of six words                  | 5a 0006 7700 00000004 [18]        | 6 words
        a pid whose node is a number              | 58 6101 [0c]                      | expected a term
        LOCAL_EXT                                 | 79 00                             | LOCAL_EXT
        a compressed term in a frame              | 50 00000001 00                    | compressed
        a version number inside                   | 68 01 83 6a                       | version number
        FUN_EXT                                   | 75 00000000                       | FUN_EXT
        a tag that is none                        | 01                                | tag 1 at byte 0
        nothing at all                            | ''                                | truncated
        """)
    void isRefused(String name, String hex, String message) {
        byte[] bytes = bytes(hex);
        assertThatThrownBy(() -> TermDecoder.decode(input(bytes, LIMITS)))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining(message);
    }

    @Test
    void namesTheLimitOfDepth() {
        for (String head : List.of("6801", "6c00000001", "7400000001 6a", "4300000001 01 7700 7700 7700")) {
            byte[] deep = bytes(head.repeat(101) + "6a".repeat(300));
            assertThatThrownBy(() -> TermDecoder.decode(input(deep, LIMITS)))
                    .isInstanceOf(MalformedTerm.class)
                    .hasMessageContaining("deeper than 100 (limit depth)");
            byte[] notTooDeep = bytes(head.repeat(100) + "6a".repeat(300));
            TermDecoder.decode(input(notTooDeep, LIMITS));
        }
    }

    @Test
    void namesTheLimitOfAtoms() {
        byte[] atoms = bytes("6c000003e9" + "770161".repeat(1001) + "6a");
        assertThatThrownBy(() -> TermDecoder.decode(input(atoms, LIMITS)))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("more than 1000 atoms")
                .hasMessageContaining("limit atoms");
    }

    @Test
    void namesTheLimitOfBytes() {
        assertThatThrownBy(() -> input(new byte[(1 << 20) + 1], LIMITS))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("limit bytes");
    }

    @Test
    void namesTheLimitOfKeys() {
        byte[] deepKey = bytes("7400000001" + "6801".repeat(101) + "6a 6a");
        assertThatThrownBy(() -> TermDecoder.decode(input(deepKey, DecodeLimits.DEFAULT)))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("limit of keys");
    }

    /// A million lists one in the other take no stack, whatever the limit.
    @Test
    void neverNeedsStack() {
        int levels = 1_000_000;
        var unlimited = new DecodeLimits(levels, 1 << 24, 1000, 1000);
        byte[] deep = bytes("6c00000001".repeat(levels) + "6101" + "6a".repeat(levels));
        Term term = TermDecoder.decode(input(deep, unlimited));
        Term same = TermDecoder.decode(input(deep, unlimited));
        assertThat(term.equals(same)).isTrue();
        assertThat(term.hashCode()).isEqualTo(same.hashCode());
        assertThat(term.toString()).hasSize(2 * levels + 1).startsWith("[[[[").endsWith("]]]]");
        assertThat(Term.parse(term.toString()).equals(term)).isTrue();
        EtfInput skipped = input(deep, new DecodeLimits(1, 1 << 24, 1, 1));
        TermDecoder.skip(skipped);
        assertThat(skipped.remaining()).isZero();
        assertThatThrownBy(() -> TermEncoder.encode(term, new EtfOutput(64)))
                .isInstanceOf(BadArgument.class)
                .hasMessageContaining("nested deeper than 10000");
    }

    @Test
    void encodesAsDeepAsItSays() {
        byte[] deepest = TermEncoder.encode(nested(TermEncoder.MAX_DEPTH));
        assertThat(TermDecoder.decode(input(deepest, DecodeLimits.DEFAULT)).equals(nested(TermEncoder.MAX_DEPTH)))
                .isTrue();
        assertThatThrownBy(() -> TermEncoder.encode(nested(TermEncoder.MAX_DEPTH + 1)))
                .isInstanceOf(BadArgument.class);
    }

    /// Each list claims all that is left of the frame. An array for every claim would be a hundred times the
    /// frame.
    @Test
    void allocatesForReadBytesNotForClaims() {
        int size = 1 << 20;
        var out = new EtfOutput(size);
        for (int i = 0; i < 100; i++) {
            out.write1(Tag.LIST);
            out.write4(size - out.size() - 4);
        }
        while (out.size() < size) {
            out.write1(Tag.NIL);
        }
        long allocated =
                allocatedBy(() -> assertThatThrownBy(() -> TermDecoder.decode(input(out.toByteArray(), LIMITS)))
                        .isInstanceOf(MalformedTerm.class));
        assertThat(allocated).isLessThan(30L * size);
    }

    /// Lists in the place of tails: one list, in linear time, whatever the limit of depth.
    @Test
    void tailsAreNoNesting() {
        int elements = 100_000;
        byte[] chain = bytes("6c00000001 6a".repeat(elements) + "6a");
        Term term = TermDecoder.decode(input(chain, new DecodeLimits(1, 1 << 24, 1, 1)));
        assertThat(((ListTerm) term).size()).isEqualTo(elements);
    }

    @Test
    void aChainOfClaimsIsSkippedOnlyIfItFits() {
        byte[] claims = bytes("68ff".repeat(5000));
        assertThatThrownBy(() -> TermDecoder.skip(input(claims, LIMITS)))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("terms due");
    }

    @Test
    void bigMapsAreBuiltInLinearTime() {
        var pairs = new ArrayList<Term>();
        for (int i = 0; i < 200_000; i++) {
            // Floats whose bits differ only in the high half: with Java's own hash codes they would collide.
            pairs.add(Tuple.of(new FloatTerm(Double.longBitsToDouble(((long) i << 32) | i))));
            pairs.add(Atom.OK);
        }
        MapTerm map = MapTerm.ofPairs(pairs.toArray(Term[]::new));
        assertThat(map.get(pairs.get(199_998))).contains(Atom.OK);
        assertThat(map.get(Atom.OK)).isEmpty();
    }

    @Test
    void inflatesValidTerms() throws Exception {
        Term term = new Tuple(Collections.nCopies(1000, IntegerTerm.of(7)));
        byte[] plain = TermEncoder.encode(term);
        assertThat((Object) TermDecoder.decodeExternal(compressed(plain, plain.length), LIMITS))
                .isEqualTo(term);
    }

    @Test
    void refusesBombsBeforeTheyGoOff() {
        byte[] zeros = new byte[64 << 20];
        zeros[0] = Tag.BINARY;
        byte[] bomb = compressed(zeros, zeros.length);
        assertThatThrownBy(() -> TermDecoder.decodeExternal(bomb, LIMITS))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("limit bytes");
        // The same bytes that claim to be small.
        byte[] liar = compressed(zeros, 1000);
        long allocated = allocatedBy(() -> assertThatThrownBy(() -> TermDecoder.decodeExternal(liar, LIMITS))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("longer than the 1000 bytes"));
        assertThat(allocated).isLessThan(1 << 20);
        // A few bytes that claim much.
        byte[] boaster = compressed(new byte[] {Tag.NIL}, 1 << 20);
        long boast = allocatedBy(() -> assertThatThrownBy(() -> TermDecoder.decodeExternal(boaster, LIMITS))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("1 bytes, but claims"));
        assertThat(boast).isLessThan(1 << 19);
    }

    @Test
    void refusesInvalidCompressedBytes() {
        assertThatThrownBy(() -> TermDecoder.decodeExternal(bytes("83 50 00000001 0102030405"), LIMITS))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("zlib");
        assertThatThrownBy(() -> TermDecoder.decodeExternal(bytes("83 50 00000001"), LIMITS))
                .isInstanceOf(MalformedTerm.class);
        assertThatThrownBy(() -> TermDecoder.decodeExternal(bytes("83 50 00000000 789c 0300 00000001"), LIMITS))
                .isInstanceOf(MalformedTerm.class);
    }

    @Test
    void refusesBytesAfterAStoredTerm() {
        assertThatThrownBy(() -> TermDecoder.decodeExternal(bytes("83 6a 00"), LIMITS))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("1 bytes after the term");
        assertThatThrownBy(() -> TermDecoder.decodeExternal(bytes("6a"), LIMITS))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("begin with 131");
    }

    @Test
    void protocolPartsRefuseOtherTerms() {
        assertMalformed("a pid", () -> TermDecoder.decodePid(input(bytes("6101"), LIMITS)));
        assertMalformed("a reference", () -> TermDecoder.decodeReference(input(bytes("6101"), LIMITS)));
        assertMalformed("a term", () -> TermDecoder.decodeAtom(input(bytes("6101"), LIMITS)));
        assertMalformed("a tuple", () -> TermDecoder.decodeTupleArity(input(bytes("6101"), LIMITS)));
        assertMalformed("a list", () -> TermDecoder.decodeListLength(input(bytes("6101"), LIMITS)));
        assertMalformed("end of a list", () -> TermDecoder.decodeListEnd(input(bytes("6101"), LIMITS)));
        assertMalformed("an integer", () -> TermDecoder.decodeLong(input(bytes("6a"), LIMITS)));
        assertMalformed("64 bits", () -> TermDecoder.decodeLong(input(bytes("6e08 00 0000000000000080"), LIMITS)));
        assertMalformed("64 bits", () -> TermDecoder.decodeLong(input(bytes("6e08 01 0100000000000080"), LIMITS)));
        assertMalformed("negative", () -> TermDecoder.decodeUnsignedLong(input(bytes("62ffffffff"), LIMITS)));
        assertMalformed("2^64-1", () -> TermDecoder.decodeUnsignedLong(input(bytes("6e01 01 01"), LIMITS)));
        assertMalformed(
                "2^64-1", () -> TermDecoder.decodeUnsignedLong(input(bytes("6e09 00 000000000000000001"), LIMITS)));
    }

    @Test
    void protocolPartsReadTheirTerms() {
        assertThat(TermDecoder.decodeLong(input(bytes("6e08 01 0000000000000080"), LIMITS)))
                .isEqualTo(Long.MIN_VALUE);
        assertThat(TermDecoder.decodeUnsignedLong(input(bytes("6e08 00 ffffffffffffffff"), LIMITS)))
                .isEqualTo(-1L);
        assertThat(TermDecoder.decodeUnsignedLong(input(bytes("6e09 00 010000000000000000"), LIMITS)))
                .isEqualTo(1L);
        assertThat(TermDecoder.decodeUnsignedLong(input(bytes("6e02 01 0000"), LIMITS)))
                .isZero();
        assertThat(TermDecoder.decodeListLength(input(bytes("6a"), LIMITS))).isZero();
        assertThat(TermDecoder.decodeListLength(input(bytes("6c00000000 6a"), LIMITS)))
                .isZero();
        assertThat(TermDecoder.decodeListLength(input(bytes("6c00000001 6a 6a"), LIMITS)))
                .isOne();
        assertThat(TermDecoder.decodeTupleArity(input(bytes("6803"), LIMITS))).isEqualTo(3);
    }

    @Test
    void partsOfTheProtocolAreWrittenAsErlangWritesThem() {
        assertThat(written(out -> TermEncoder.encodeUnsignedLong(-1, out))).isEqualTo("6e0800ffffffffffffffff");
        assertThat(written(out -> TermEncoder.encodeUnsignedLong(200, out))).isEqualTo("61c8");
        assertThat(written(out -> TermEncoder.encodeBigInteger(BigInteger.TWO, out)))
                .isEqualTo("6102");
        assertThat(written(out -> TermEncoder.encodeListHeader(0, out))).isEmpty();
        assertThat(written(out -> TermEncoder.encodeListHeader(2, out))).isEqualTo("6c00000002");
        assertThat(written(out -> TermEncoder.encodeBinary("hé", out))).isEqualTo("6d0000000368c3a9");
        assertThat(written(out -> TermEncoder.encodeBinary("hi", out))).isEqualTo("6d000000026869");
        assertThat(written(out -> TermEncoder.encodeBinary(new byte[] {1, 2, 3}, 1, 2, out)))
                .isEqualTo("6d000000020203");
        assertThat(written(out -> TermEncoder.encodeAtom("ok", out))).isEqualTo("77026f6b");
    }

    @Test
    void valuesThatErlangCannotReadAreNotWritten() {
        assertThatThrownBy(() -> written(out -> TermEncoder.encodeDouble(Double.NaN, out)))
                .isInstanceOf(BadArgument.class);
        assertThatThrownBy(() -> written(out -> TermEncoder.encodeDouble(Double.NEGATIVE_INFINITY, out)))
                .isInstanceOf(BadArgument.class);
        assertThatThrownBy(() -> written(out -> TermEncoder.encodeAtom("x".repeat(256), out)))
                .isInstanceOf(BadArgument.class);
        assertThatThrownBy(() -> written(out -> TermEncoder.encodeAtom("\ud800", out)))
                .isInstanceOf(BadArgument.class);
        assertThatThrownBy(() -> written(out -> TermEncoder.encodeBinary("\udc00", out)))
                .isInstanceOf(BadArgument.class);
        assertThatThrownBy(() -> written(out -> TermEncoder.encodeBigInteger(BigInteger.TWO.pow(1 << 22), out)))
                .isInstanceOf(BadArgument.class)
                .hasMessageContaining("at most 4194303");
        assertThatThrownBy(() -> written(out -> TermEncoder.encodeTupleHeader(1 << 24, out)))
                .isInstanceOf(BadArgument.class);
    }

    @Test
    void aFloodOfAtomsKeepsItsNamesApart() {
        for (int i = 0; i < 100_000; i++) {
            var out = new EtfOutput(32);
            TermEncoder.encodeAtom("flood_" + i, out);
            Atom atom = TermDecoder.decodeAtom(input(out.toByteArray(), LIMITS));
            assertThat(atom.name()).isEqualTo("flood_" + i);
        }
    }

    private static void assertMalformed(String message, ThrowingCallable work) {
        assertThatThrownBy(work).isInstanceOf(MalformedTerm.class).hasMessageContaining(message);
    }

    private static String written(Consumer<EtfOutput> writer) {
        var out = new EtfOutput(0);
        writer.accept(out);
        return HexFormat.of().formatHex(out.toByteArray());
    }

    private static Term nested(int levels) {
        Term term = Tuple.EMPTY;
        for (int i = 0; i < levels; i++) {
            term = Tuple.of(term);
        }
        return term;
    }

    private static EtfInput input(byte[] bytes, DecodeLimits limits) {
        return new EtfInput(bytes, 0, bytes.length, NO_ATOMS, limits);
    }

    private static byte[] compressed(byte[] plain, int claimed) {
        var deflater = new Deflater();
        deflater.setInput(plain);
        deflater.finish();
        var out = new ByteArrayOutputStream();
        out.writeBytes(bytes("83 50 " + HexFormat.of().toHexDigits(claimed)));
        byte[] buffer = new byte[8192];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    private static long allocatedBy(Runnable work) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        work.run();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /// Hex digits, and `[n]` for that many bytes (n in hex) of `b`.
    private static byte[] bytes(String hex) {
        String expanded = REPEATED.matcher(hex.replace(" ", ""))
                .replaceAll(times -> "62".repeat(Integer.parseInt(times.group(1), 16)));
        return HexFormat.of().parseHex(expanded);
    }
}
