package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/// Whatever the bytes are, there comes a value, [MalformedTerm] or [UnexpectedTerm], soon and in little memory.
class HostileBytesTest {
    private static final EtfValueMapper MAPPER = new EtfValueMapper();

    record User(
            String name,
            @Nullable Integer age,
            @Nullable List<String> tags,
            @Nullable Term rest) {}

    private static final List<Type> TYPES = List.of(
            Object.class,
            String.class,
            byte[].class,
            long.class,
            User.class,
            Term.class,
            JsonNode.class,
            Pid.class,
            new TypeReference<List<User>>() {}.getType(),
            new TypeReference<Map<Object, Object>>() {}.getType());

    private static void tryAll(byte[] bytes) {
        for (Type type : TYPES) {
            try {
                MAPPER.read(EncodedTerm.of(bytes), type);
            } catch (MalformedTerm | UnexpectedTerm expected) {
                assertThat(expected).hasMessageNotContaining("tools.jackson");
            }
        }
        try {
            MAPPER.writeJson(EncodedTerm.of(bytes), OutputStream.nullOutputStream());
        } catch (MalformedTerm expected) {
            assertThat(expected).hasNoSuppressedExceptions();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments("", "truncated"),
                arguments("ff", "tag 255"),
                arguments("6d7fffffff61", "2147483647 bytes claimed"),
                arguments("6cffffffff61016a", "4294967295 elements claimed"),
                arguments("69ffffffff", "4294967295 elements claimed"),
                arguments("747fffffff", "2147483647 elements claimed"),
                arguments("6f7fffffff00", "2147483647 bytes claimed"),
                arguments("6a6a", "1 bytes after the term"),
                arguments("6101ff", "1 bytes after the term"),
                arguments("467ff8000000000000", "NaN"),
                arguments("467ff0000000000000", "Infinity"),
                arguments("7702c328", "not UTF-8"),
                arguments("5205", "atom cache reference 5"),
                arguments("79", "LOCAL_EXT"),
                arguments("6c00000001", "claimed"));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(String hex, String message) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        tryAll(bytes);
        assertThatThrownBy(() -> MAPPER.read(EncodedTerm.of(bytes), Object.class))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining(message);
        assertThatThrownBy(() -> MAPPER.writeJson(EncodedTerm.of(bytes), OutputStream.nullOutputStream()))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining(message);
    }

    private static byte[] sample() {
        return TermEncoder.encode(
                Term.parse("[#{name => <<\"Ann\">>,<<\"age\">> => 30,\"tags\" => [\"x\",<<\"ü\"/utf8>>,ok],"
                        + "rest => {1.5,-7,123456789012345678901234567890,[a|b],[8364],<<1:3>>}},[{name,x},y]]"));
    }

    @Test
    void truncatedAtEachByte() {
        byte[] whole = sample();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            tryAll(part);
            assertThatThrownBy(() -> MAPPER.read(EncodedTerm.of(part), Object.class))
                    .isInstanceOf(MalformedTerm.class);
            assertThatThrownBy(() -> MAPPER.writeJson(EncodedTerm.of(part), OutputStream.nullOutputStream()))
                    .isInstanceOf(MalformedTerm.class);
        }
    }

    @Test
    void eachByteChanged() {
        byte[] whole = sample();
        for (int i = 0; i < whole.length; i++) {
            for (int change : new int[] {1, 0x80, 0xff}) {
                byte[] changed = whole.clone();
                changed[i] ^= (byte) change;
                tryAll(changed);
            }
        }
    }

    @Test
    void randomBytes() {
        Random random = new Random(42);
        int[] tags = {97, 98, 104, 106, 107, 108, 109, 110, 116, 119, 70, 77, 88, 90, 112, 113};
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextBoolean() ? tags[random.nextInt(tags.length)] : random.nextInt(4));
            }
            tryAll(bytes);
        }
    }

    private static byte[] nested(int depth) {
        var out = new EtfOutput(6 * depth);
        for (int i = 0; i < depth; i++) {
            out.write1(Tag.LIST);
            out.write4(1);
        }
        for (int i = 0; i <= depth; i++) {
            out.write1(Tag.NIL);
        }
        return out.toByteArray();
    }

    @Test
    void depthIsBounded() throws IOException {
        byte[] deep = nested(100_000);
        tryAll(deep);
        assertThatThrownBy(() -> MAPPER.read(EncodedTerm.of(nested(600)), Object.class))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("nested deeper than 500 (limit depth)");
        assertThatThrownBy(() -> MAPPER.writeJson(EncodedTerm.of(deep), OutputStream.nullOutputStream()))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("limit depth");
        var json = new ByteArrayOutputStream();
        MAPPER.writeJson(EncodedTerm.of(nested(9_000)), json);
        assertThat(json.size()).isEqualTo(2 * 9_001);
    }

    @Test
    void digitsAreBounded() {
        int bytes = 100_000;
        var out = new EtfOutput(bytes + 6);
        out.write1(Tag.LARGE_BIG);
        out.write4(bytes);
        out.write1(0);
        for (int i = 0; i < bytes; i++) {
            out.write1(0xff);
        }
        assertThatThrownBy(() -> MAPPER.read(EncodedTerm.of(out.toByteArray()), Object.class))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("limit digits");
        assertThatThrownBy(() -> MAPPER.writeJson(EncodedTerm.of(out.toByteArray()), OutputStream.nullOutputStream()))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("limit digits");
    }

    @Test
    void aCompressedTermIsReadWithinTheLimits() {
        EtfMapper mapper = EtfMapper.builder(EtfFactory.builder()
                        .limits(new DecodeLimits(100, 10_000, 100, 1000))
                        .build())
                .build();
        // term_to_binary(lists:duplicate(20, <<"abc">>), [compressed])
        var plain = new EtfOutput(512);
        MAPPER.write(java.util.Collections.nCopies(20, "abc"), plain);
        assertThat(mapper.readValue(compressed(plain.toByteArray(), plain.size()), String[].class))
                .hasSize(20);
        assertThatThrownBy(() -> mapper.readValue(compressed(plain.toByteArray(), 1_000_000), String[].class))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("limit bytes");
    }

    private static byte[] compressed(byte[] plain, int claimed) {
        var deflater = new java.util.zip.Deflater();
        deflater.setInput(plain);
        deflater.finish();
        byte[] buffer = new byte[1024];
        int length = deflater.deflate(buffer);
        deflater.end();
        var out = new EtfOutput(length + 6);
        out.write1(Tag.VERSION);
        out.write1(Tag.COMPRESSED);
        out.write4(claimed);
        out.write(buffer, 0, length);
        return out.toByteArray();
    }

    @Test
    void cacheReferencesAreResolved() throws IOException {
        // #{name => active} as a connection carries it
        byte[] bytes = HexFormat.of().parseHex("740000000152005201");
        var term = new EncodedTerm(bytes, 0, bytes.length, new Atom[] {Atom.of("name"), Atom.of("active")});
        assertThat(MAPPER.read(term, User.class)).isEqualTo(new User("active", null, null, null));
        assertThat(MAPPER.read(term, Object.class)).isEqualTo(Map.of("name", Atom.of("active")));
        var json = new ByteArrayOutputStream();
        MAPPER.writeJson(term, json);
        assertThat(json).hasToString("{\"name\":\"active\"}");
    }
}
