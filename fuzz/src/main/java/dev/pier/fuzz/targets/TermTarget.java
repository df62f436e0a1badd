package dev.pier.fuzz.targets;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ElixirStruct;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.fuzz.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A term in external form, for every reader: as a term, as values of many classes, and as JSON.
///
/// A term that one reader accepts comes back equal after encoding, is skipped to its end, and becomes valid JSON.
final class TermTarget implements Target {
    static final String NAME = "terms";

    private static final DecodeLimits LIMITS = new DecodeLimits(200, 1 << 20, 1000, 10_000);
    private static final Atom[] NO_ATOMS = {};

    private static final List<Type> TYPES = List.of(
            Object.class,
            String.class,
            byte[].class,
            int.class,
            long.class,
            double.class,
            boolean.class,
            BigInteger.class,
            BigDecimal.class,
            Instant.class,
            LocalDate.class,
            ZonedDateTime.class,
            Set.class,
            Struct.class,
            Duration.class,
            UUID.class,
            URI.class,
            List.class,
            Map.class,
            Row.class,
            Row[].class,
            int[].class,
            Kind.class);

    private static final RecordDefinitions RECORDS =
            RecordDefinitions.parse("-record(row, {id, name}). -record(ok, {value}). -record(none, {}).");

    private static final List<JsonOptions> JSON = List.of(
            JsonOptions.DEFAULT,
            new JsonOptions(JsonOptions.Binaries.ARRAY, false, true, false, true, RECORDS),
            new JsonOptions(JsonOptions.Binaries.BASE64_URL, true, true, true, false, RecordDefinitions.NONE));

    private final ValueMapper mapper = new EtfValueMapper();
    private final ValueMapper withRecords = mapper.with(CallOptions.DEFAULT.withRecords(RECORDS));
    private final List<EtfValueMapper> json = JSON.stream()
            .map(options -> new EtfValueMapper(new EtfMapper(), options))
            .toList();
    private final JsonMapper jackson = new JsonMapper();

    private record Row(long id, String name, @Nullable Row next, List<Row> rows, Map<String, Object> data, Kind kind) {}

    @ElixirStruct("Row")
    private record Struct(long id, String name) {}

    private enum Kind {
        OK,
        ERROR
    }

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
        return (16L << 20) + 4000L * inputLength;
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                external("{ok,[1,-1,256,70000,4294967296,-18446744073709551617,1.5,'ä€',<<\"text\">>,<<1,255>>,[]]}"),
                external("#{id => 1,name => <<\"Ann\">>,next => undefined,rows => [],data => #{},kind => ok}"),
                external("[[104,\"i \",[<<\"ä\"/utf8>>]],\"a\"|<<\"b\">>]"),
                external("[{id,7},{name,\"joe\"},ok,true,false,null]"),
                external("#{{a,1} => [x|y],1.0 => #{1 => 2},<<>> => \"\"}"),
                external("{{2026,11,26},{8,30,0}}"),
                external("#m:row{id = 1,name = <<\"Ann\">>,next = #m:row{},data = [#m:row{id = 2}]}"),
                external("[{row,1,<<\"a\">>},{row,2,<<\"b\">>}]"),
                external("#{'__struct__' => 'Elixir.DateTime',calendar => 'Elixir.Calendar.ISO',year => 2026,"
                        + "month => 1,day => 2,hour => 3,minute => 4,second => 5,microsecond => {6,6},"
                        + "time_zone => <<\"Etc/UTC\">>,zone_abbr => <<\"UTC\">>,utc_offset => 0,std_offset => 0}"),
                external("#{'__struct__' => 'Elixir.Decimal',sign => -1,coef => 1999,exp => -2}"),
                external("#{'__struct__' => 'Elixir.MapSet',map => #{1 => [],<<\"a\">> => []},version => 2}"),
                external("#{'__struct__' => 'Elixir.URI',scheme => <<\"https\">>,userinfo => nil,host => <<\"a\">>,"
                        + "port => 443,path => <<\"/\">>,query => <<\"q\">>,fragment => nil,authority => nil}"),
                external("#{'__struct__' => 'Elixir.Row',id => 1,name => <<\"a\">>}"),
                bytes("83 58 770161 00000001 00000002 00000003"), // a pid
                bytes("83 5a 0003 770161 00000001 000000010000000200000003"), // a reference
                bytes("83 78 770161 0000000000000001 00000003"), // a port
                bytes("83 71 77056c69737473 770373756d 6101"), // an external fun
                bytes("83 4d 00000002 03 ffe0"), // a bitstring
                bytes("83 70 0000003a 01 00000000000000000000000000000000 00000000 00000001 770161 6100 6107"
                        + "58 770161 00000001 00000000 00000004 6105"), // a local fun
                bytes("83 63 312e35303030303030303030303030303030303030 652b3030 0000000000"), // a float as text
                bytes("83 6e 09 01 000000000000000001"), // a bignum
                bytes("83 6b 0003 616263"), // a string of bytes
                bytes("83 50 00000003 78 9c cb 66 60 60 06 00 02 2a 00 d9")); // a compressed term
    }

    @Override
    public List<byte[]> dictionary() {
        return List.of(
                external("ok"),
                external("'__struct__'"),
                external("'Elixir.Date'"),
                external("[]"),
                external("#{}"),
                bytes("68 02"),
                bytes("69 00000002"),
                bytes("6c 00000001"),
                bytes("74 00000001"),
                bytes("43 00000001 01 770161 770162 770163"),
                bytes("6d 00000003 616263"),
                bytes("6e 04 00 ffffffff"),
                bytes("46 7ff0000000000000"),
                bytes("77 04 74727565"),
                bytes("52 00"),
                bytes("79"));
    }

    private static byte[] external(String text) {
        return TermEncoder.encodeExternal(Term.parse(text));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Override
    public boolean accepts(byte[] input) throws IOException {
        boolean isTerm = isTerm(input);
        if (input.length > 0) {
            EncodedTerm term = new EncodedTerm(input, 1, input.length - 1, NO_ATOMS);
            readValues(term);
            writeJson(term, isTerm);
        }
        return isTerm;
    }

    private static boolean isTerm(byte[] input) {
        Term term;
        try {
            term = TermDecoder.decodeExternal(input, LIMITS);
        } catch (MalformedTerm e) {
            return false;
        }
        Term again = TermDecoder.decodeExternal(TermEncoder.encodeExternal(term), DecodeLimits.DEFAULT);
        require(again.equals(term), "the term changes when it is encoded");
        require(again.hashCode() == term.hashCode(), "equal terms have different hash codes");
        require(!term.toString().isEmpty(), "the term has no text");
        if (input[1] != COMPRESSED) {
            EtfInput in = new EtfInput(input, 1, input.length - 1, NO_ATOMS, LIMITS);
            TermDecoder.skip(in);
            require(in.remaining() == 0, "the term is skipped to another end");
        }
        return true;
    }

    /// The tag of a compressed term, which only [TermDecoder#decodeExternal] takes.
    private static final byte COMPRESSED = 80;

    private void readValues(EncodedTerm term) {
        for (Type type : TYPES) {
            readAs(mapper, term, type);
            readAs(withRecords, term, type);
        }
    }

    private static void readAs(ValueMapper mapper, EncodedTerm term, Type type) {
        try {
            mapper.read(term, type);
        } catch (MalformedTerm | UnexpectedTerm | JacksonException refused) {
            // Expected of most mutants and types.
        }
    }

    private void writeJson(EncodedTerm term, boolean isTerm) throws IOException {
        for (EtfValueMapper options : json) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try {
                options.writeJson(term, out);
            } catch (MalformedTerm | UnexpectedTerm refused) {
                continue;
            }
            if (isTerm) {
                jackson.readTree(out.toByteArray());
            }
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
