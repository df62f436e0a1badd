package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes as Erlang sends them (`erl_ext_dist`), whole and cut off.
class TermVectorsTest {
    private static final Atom[] CACHE = {Atom.of("cached"), Atom.of("n@h")};
    private static final Atom NODE = Atom.of("n@h");
    private static final String NODE_HEX = "7703 6e4068 ";
    private static final Pid PID = new Pid(NODE, 0x59b, 0x01020304, 0x6b013f8b);
    private static final String PID_HEX = "58" + NODE_HEX + "0000059b 01020304 6b013f8b";

    static Stream<Arguments> bothWays() {
        Atom longest = Atom.of("\ud83d\ude00".repeat(255));
        return Stream.of(
                both("0", "61 00", IntegerTerm.of(0)),
                both("255", "61 ff", IntegerTerm.of(255)),
                both("256", "62 00000100", IntegerTerm.of(256)),
                both("-1", "62 ffffffff", IntegerTerm.of(-1)),
                both("2^31-1", "62 7fffffff", IntegerTerm.of(Integer.MAX_VALUE)),
                both("-2^31", "62 80000000", IntegerTerm.of(Integer.MIN_VALUE)),
                both("2^31", "6e 04 00 00000080", IntegerTerm.of(1L << 31)),
                both("-2^31-1", "6e 04 01 01000080", IntegerTerm.of(-(1L << 31) - 1)),
                both("2^40", "6e 06 00 000000000001", IntegerTerm.of(1L << 40)),
                both("2^63-1", "6e 08 00 ffffffffffffff7f", IntegerTerm.of(Long.MAX_VALUE)),
                both("-2^63", "6e 08 01 0000000000000080", IntegerTerm.of(Long.MIN_VALUE)),
                both("2^63", "6e 08 00 0000000000000080", big(BigInteger.TWO.pow(63))),
                both(
                        "-2^63-1",
                        "6e 08 01 0100000000000080",
                        big(BigInteger.TWO.pow(63).negate().subtract(BigInteger.ONE))),
                both("2^64", "6e 09 00 000000000000000001", big(BigInteger.TWO.pow(64))),
                both("2^2039", "6e ff 00" + "00".repeat(254) + "80", big(BigInteger.TWO.pow(2039))),
                both("2^2040", "6f 00000100 00" + "00".repeat(255) + "01", big(BigInteger.TWO.pow(2040))),
                both(
                        "-2^2040",
                        "6f 00000100 01" + "00".repeat(255) + "01",
                        big(BigInteger.TWO.pow(2040).negate())),
                both("1.5", "46 3ff8000000000000", new FloatTerm(1.5)),
                both("-0.0", "46 8000000000000000", new FloatTerm(-0.0)),
                both("abc", "77 03 616263", Atom.of("abc")),
                both("''", "77 00", Atom.EMPTY),
                both("an atom of 127 umlauts", "77 fe" + "c3a4".repeat(127), Atom.of("\u00e4".repeat(127))),
                both("an atom of 128 umlauts", "76 0100" + "c3a4".repeat(128), Atom.of("\u00e4".repeat(128))),
                both("the longest atom", "76 03fc" + "f09f9880".repeat(255), longest),
                both("[]", "6a", ListTerm.EMPTY),
                both("\"abc\"", "6b 0003 616263", ints(97, 98, 99)),
                both("65535 bytes", "6b ffff" + "07".repeat(65535), ListTerm.ofBytes(bytes(65535))),
                both("65536 bytes", "6c 00010000" + "6107".repeat(65536) + "6a", ListTerm.ofBytes(bytes(65536))),
                both("[1,256]", "6c 00000002 6101 6200000100 6a", ints(1, 256)),
                both("[a|b]", "6c 00000001 770161 770162", new ImproperList(List.of(Atom.of("a")), Atom.of("b"))),
                both("[1|2]", "6c 00000001 6101 6102", new ImproperList(List.of(IntegerTerm.of(1)), IntegerTerm.of(2))),
                both("[[]]", "6c 00000001 6a 6a", ListTerm.of(ListTerm.EMPTY)),
                both("{}", "68 00", Tuple.EMPTY),
                both("{ok,1}", "68 02 7702 6f6b 6101", Tuple.of(Atom.OK, IntegerTerm.of(1))),
                both("a tuple of 255", "68 ff" + "6a".repeat(255), nils(255)),
                both("a tuple of 256", "69 00000100" + "6a".repeat(256), nils(256)),
                both("<<>>", "6d 00000000", Binary.EMPTY),
                both("<<\"hi\">>", "6d 00000002 6869", Binary.of("hi")),
                both("<<1:3>>", "4d 00000001 03 20", new Bitstring(Binary.of((byte) 0x20), 3)),
                both("#{}", "74 00000000", MapTerm.EMPTY),
                both("#{a=>1}", "74 00000001 770161 6101", MapTerm.ofPairs(Atom.of("a"), IntegerTerm.of(1))),
                both(
                        "1 and 1.0 as keys",
                        "74 00000002 6101 6a 463ff0000000000000 6a",
                        MapTerm.ofPairs(IntegerTerm.of(1), ListTerm.EMPTY, new FloatTerm(1), ListTerm.EMPTY)),
                // SEEN: OTP 29, each.
                both(
                        "#nr:point{x = 1,y = 2}",
                        "43 00000002 01 7702 6e72 7705 706f696e74 7701 78 7701 79 6101 6102",
                        record("point", true, "x", "y").apply(List.of(IntegerTerm.of(1), IntegerTerm.of(2)))),
                both(
                        "a record that is not exported",
                        "43 00000002 00 7702 6e72 7707 70726976617465 7701 61 7701 62 6101 6102",
                        record("private", false, "a", "b").apply(List.of(IntegerTerm.of(1), IntegerTerm.of(2)))),
                both(
                        "a record of nothing",
                        "43 00000000 00 7702 6e72 7705 656d707479",
                        record("empty", false).apply(List.of())),
                both(
                        "records in a record",
                        "43 00000003 01 7702 6e72 7704 75736572 7702 6964 7704 6e616d65 7704 74616773"
                                + "43 00000002 01 7702 6e72 7705 706f696e74 7701 78 7701 79 46 3ff8000000000000 6100"
                                + "6d 00000001 61"
                                + "6c 00000001 43 00000002 00 7702 6e72 7707 70726976617465 7701 61 7701 62 7701 78"
                                + "6102 6a",
                        record("user", true, "id", "name", "tags")
                                .apply(List.of(
                                        record("point", true, "x", "y")
                                                .apply(List.of(new FloatTerm(1.5), IntegerTerm.of(0))),
                                        Binary.of("a"),
                                        ListTerm.of(record("private", false, "a", "b")
                                                .apply(List.of(Atom.of("x"), IntegerTerm.of(2))))))),
                both("a pid", PID_HEX, PID),
                both("a port", "59" + NODE_HEX + "0fffffff 6b013f8b", new Port(NODE, 0x0fffffff, 0x6b013f8b)),
                both(
                        "a port of 2^28",
                        "78" + NODE_HEX + "0000000010000000 6b013f8b",
                        new Port(NODE, 0x10000000, 0x6b013f8b)),
                both("the last port", "78" + NODE_HEX + "ffffffffffffffff 6b013f8b", new Port(NODE, -1, 0x6b013f8b)),
                both(
                        "a reference",
                        "5a 0003" + NODE_HEX + "6b013f8b 000062a4 89a40001 f1209d07",
                        new Reference(NODE, 0x6b013f8b, 0x62a4, 0x89a40001, 0xf1209d07)),
                both(
                        "a reference of five words",
                        "5a 0005" + NODE_HEX + "00000004 00000001 00000002 00000003 00000004 00000005",
                        new Reference(NODE, 4, 1, 2, 3, 4, 5)),
                both(
                        "fun lists:map/2",
                        "71 7705 6c69737473 7703 6d6170 6102",
                        new ExternalFun(Atom.of("lists"), Atom.of("map"), 2)),
                both(
                        "a fun",
                        "70 0000003b 02" + "0a".repeat(16) + "00000007 00000001 770161 6107 6203e80001" + PID_HEX
                                + "6101",
                        new LocalFun(
                                Atom.of("a"),
                                2,
                                Binary.of(filled(16, 10)),
                                7,
                                7,
                                0x3e80001,
                                PID,
                                List.of(IntegerTerm.of(1)))),
                both(
                        "a fun of nothing",
                        "70 00000039 00" + "0a".repeat(16) + "ffffffff 00000000 770161 6107 6203e80001" + PID_HEX,
                        new LocalFun(Atom.of("a"), 0, Binary.of(filled(16, 10)), -1, 7, 0x3e80001, PID, List.of())));
    }

    static Stream<Arguments> decodeOnly() {
        return Stream.of(
                both("a cache reference", "52 00", CACHE[0]),
                both("ATOM", "64 0002 e462", Atom.of("\u00e4b")),
                both("SMALL_ATOM", "73 02 e462", Atom.of("\u00e4b")),
                both("a long tag for a short atom", "76 0001 61", Atom.of("a")),
                both("FLOAT", "63" + text("1.50000000000000000000e+00"), new FloatTerm(1.5)),
                both("negative FLOAT", "63" + text("-2.25000000000000000000e-03"), new FloatTerm(-0.00225)),
                both("a byte as INTEGER", "62 00000007", IntegerTerm.of(7)),
                both("a byte as SMALL_BIG", "6e 01 00 07", IntegerTerm.of(7)),
                both("a padded big", "6e 0a 01 07000000000000000000", IntegerTerm.of(-7)),
                both("a big of nothing", "6e 00 00", IntegerTerm.of(0)),
                both("negative zero", "6e 01 01 00", IntegerTerm.of(0)),
                both("a LARGE_BIG of a byte", "6f 00000001 00 07", IntegerTerm.of(7)),
                both("STRING of nothing", "6b 0000", ListTerm.EMPTY),
                both("LIST of bytes", "6c 00000002 6101 6102 6a", ints(1, 2)),
                both("LIST of nothing", "6c 00000000 6a", ListTerm.EMPTY),
                both("LIST of nothing before a tail", "6c 00000000 6105", IntegerTerm.of(5)),
                both(
                        "LIST as tail",
                        "6c 00000001 6101 6c 00000001 770161 6a",
                        ListTerm.of(IntegerTerm.of(1), Atom.of("a"))),
                both(
                        "improper LIST as tail",
                        "6c 00000001 6101 6c 00000001 770161 6102",
                        new ImproperList(List.of(IntegerTerm.of(1), Atom.of("a")), IntegerTerm.of(2))),
                both(
                        "STRING as tail",
                        "6c 00000001 770161 6b 0002 0102",
                        ListTerm.of(Atom.of("a"), IntegerTerm.of(1), IntegerTerm.of(2))),
                both("LARGE_TUPLE of two", "69 00000002 6101 6102", Tuple.of(IntegerTerm.of(1), IntegerTerm.of(2))),
                both("LARGE_TUPLE of none", "69 00000000", Tuple.EMPTY),
                both("BIT_BINARY of whole bytes", "4d 00000001 08 20", Binary.of((byte) 0x20)),
                both(
                        "BIT_BINARY with bits that do not count",
                        "4d 00000001 03 3f",
                        new Bitstring(Binary.of((byte) 0x20), 3)),
                both("PID", "67" + NODE_HEX + "00000001 00000002 03", new Pid(NODE, 1, 2, 3)),
                both("PORT", "66" + NODE_HEX + "00000001 03", new Port(NODE, 1, 3)),
                both("V4_PORT of a small id", "78" + NODE_HEX + "0000000000000001 00000003", new Port(NODE, 1, 3)),
                both("REFERENCE", "65" + NODE_HEX + "00000001 03", new Reference(NODE, 3, 1)),
                both("NEW_REFERENCE", "72 0002" + NODE_HEX + "03 00000001 00000002", new Reference(NODE, 3, 1, 2)),
                both(
                        "a record of cached names",
                        "43 00000001 01 5200 5200 5200 6a",
                        new RecordTerm(CACHE[0], CACHE[0], true, List.of(CACHE[0]), List.of(ListTerm.EMPTY))),
                both("a cached node", "58 5201 00000001 00000002 00000003", new Pid(NODE, 1, 2, 3)));
    }

    static Stream<Arguments> all() {
        return Stream.concat(bothWays(), decodeOnly());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bothWays")
    void encodesAsErlangDoes(String name, byte[] bytes, Term term) {
        var out = new EtfOutput(0);
        TermEncoder.encode(term, out);
        assertThat(HexFormat.of().formatHex(out.toByteArray()))
                .isEqualTo(HexFormat.of().formatHex(bytes));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void decodes(String name, byte[] bytes, Term term) {
        EtfInput in = input(bytes);
        Term decoded = TermDecoder.decode(in);
        assertThat((Object) decoded).isEqualTo(term);
        assertThat(decoded.hashCode()).isEqualTo(term.hashCode());
        assertThat(in.remaining()).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void skipsToTheEnd(String name, byte[] bytes, Term term) {
        byte[] followed = Arrays.copyOf(bytes, bytes.length + 3);
        EtfInput in = input(followed);
        TermDecoder.skip(in);
        assertThat(in.position()).isEqualTo(bytes.length);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void refusesTruncatedTerms(String name, byte[] bytes, Term term) {
        int step = Math.max(1, bytes.length / 1000);
        for (int length = 0; length < bytes.length; length += step) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> TermDecoder.decode(input(cut)))
                    .as("%d of %d bytes", length, bytes.length)
                    .isInstanceOf(MalformedTerm.class);
            assertThatThrownBy(() -> TermDecoder.skip(input(cut)))
                    .as("skip, %d of %d bytes", length, bytes.length)
                    .isInstanceOf(MalformedTerm.class);
        }
    }

    private static EtfInput input(byte[] bytes) {
        return new EtfInput(bytes, 0, bytes.length, CACHE, DecodeLimits.DEFAULT);
    }

    private static Arguments both(String name, String hex, Term term) {
        return Arguments.of(name, HexFormat.of().parseHex(hex.replace(" ", "")), term);
    }

    private static Function<List<Term>, Term> record(String name, boolean exported, String... fields) {
        return values -> new RecordTerm(
                Atom.of("nr"),
                Atom.of(name),
                exported,
                Arrays.stream(fields).map(Atom::of).toList(),
                values);
    }

    private static Term big(BigInteger value) {
        return new BigIntegerTerm(value);
    }

    private static ListTerm ints(int... values) {
        return new ListTerm(
                Arrays.stream(values).<Term>mapToObj(IntegerTerm::of).toList());
    }

    private static Tuple nils(int arity) {
        return new Tuple(
                Stream.<Term>generate(() -> ListTerm.EMPTY).limit(arity).toList());
    }

    private static Binary bytes(int length) {
        return Binary.of(filled(length, 7));
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static String text(String text) {
        return HexFormat.of().formatHex(Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), 31));
    }
}
