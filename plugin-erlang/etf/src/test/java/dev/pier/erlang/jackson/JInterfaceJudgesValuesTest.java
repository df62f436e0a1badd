package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangBinary;
import com.ericsson.otp.erlang.OtpErlangDouble;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangMap;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangString;
import com.ericsson.otp.erlang.OtpErlangTuple;
import com.ericsson.otp.erlang.OtpInputStream;
import com.ericsson.otp.erlang.OtpOutputStream;
import dev.pier.erlang.AsTuple;
import dev.pier.erlang.Charlist;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Atom;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// JInterface, which shares no code with Pier's codec, reads the values that Pier writes, and writes the ones that
/// Pier reads.
class JInterfaceJudgesValuesTest {
    private static final EtfValueMapper MAPPER = new EtfValueMapper();

    record User(String name, long age) {}

    @AsTuple("point")
    record Point(double x, double y) {}

    static Stream<Arguments> sameBothWays() {
        return Stream.of(
                arguments("grün", String.class, binary("grün")),
                arguments(Atom.of("grün"), Atom.class, new OtpErlangAtom("grün")),
                arguments(Atom.of("ж".repeat(255)), Atom.class, new OtpErlangAtom("ж".repeat(255))),
                arguments(255L, long.class, new OtpErlangLong(255)),
                arguments(-1L, long.class, new OtpErlangLong(-1)),
                arguments(1L << 40, long.class, new OtpErlangLong(1L << 40)),
                arguments(-(1L << 55) - 1, long.class, new OtpErlangLong(-(1L << 55) - 1)),
                arguments(Long.MIN_VALUE, long.class, new OtpErlangLong(Long.MIN_VALUE)),
                arguments(
                        BigInteger.TWO.pow(3000).negate(),
                        BigInteger.class,
                        new OtpErlangLong(BigInteger.TWO.pow(3000).negate())),
                arguments(0.1, double.class, new OtpErlangDouble(0.1)),
                arguments(true, boolean.class, new OtpErlangAtom("true")),
                arguments(Charlist.of("abc"), Charlist.class, new OtpErlangString("abc")),
                // JInterface takes a list for a string only where it comes as bytes.
                arguments(Charlist.of("€u"), Charlist.class, new OtpErlangList(new OtpErlangObject[] {
                    new OtpErlangLong(8364), new OtpErlangLong('u')
                })),
                arguments(List.of(), List.class, new OtpErlangList()),
                arguments(List.of("a", 1000), Object.class, new OtpErlangList(new OtpErlangObject[] {
                    binary("a"), new OtpErlangLong(1000)
                })),
                arguments(new Point(1, -2.5), Point.class, new OtpErlangTuple(new OtpErlangObject[] {
                    new OtpErlangAtom("point"), new OtpErlangDouble(1), new OtpErlangDouble(-2.5)
                })),
                arguments(
                        new User("Ann", 30),
                        User.class,
                        new OtpErlangMap(
                                new OtpErlangObject[] {new OtpErlangAtom("name"), new OtpErlangAtom("age")},
                                new OtpErlangObject[] {binary("Ann"), new OtpErlangLong(30)})),
                arguments(
                        Map.of("k", List.of(Atom.OK)),
                        Object.class,
                        new OtpErlangMap(new OtpErlangObject[] {binary("k")}, new OtpErlangObject[] {
                            new OtpErlangList(new OtpErlangObject[] {new OtpErlangAtom("ok")})
                        })));
    }

    private static OtpErlangBinary binary(String text) {
        return new OtpErlangBinary(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource
    void sameBothWays(Object value, Class<?> type, OtpErlangObject term) throws Exception {
        var out = new EtfOutput(64);
        MAPPER.write(value, out);
        assertThat(new OtpInputStream(out.toByteArray()).read_any()).isEqualTo(term);

        byte[] stored = new OtpOutputStream(term).toByteArray();
        assertThat(MAPPER.read(EncodedTerm.of(stored), type)).isEqualTo(value);
        assertThat(new EtfMapper().writeValueAsBytes(value))
                .isEqualTo(concat((byte) 131, Arrays.copyOf(out.array(), out.size())));
    }

    private static byte[] concat(byte first, byte[] rest) {
        byte[] whole = new byte[rest.length + 1];
        whole[0] = first;
        System.arraycopy(rest, 0, whole, 1, rest.length);
        return whole;
    }
}
