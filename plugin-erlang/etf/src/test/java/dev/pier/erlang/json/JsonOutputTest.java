package dev.pier.erlang.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The fast paths write the same text as the general ones.
class JsonOutputTest {
    private interface Writing {
        void to(JsonOutput out) throws IOException;
    }

    private static String written(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        JsonOutput out = new JsonOutput(bytes, 64);
        writing.to(out);
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void sameAsToString(double value) throws IOException {
        assertThat(written(out -> out.number(value))).isEqualTo(Double.toString(value));
    }

    @Test
    void floatsLookAsInJava() throws IOException {
        for (double value : new double[] {
            0,
            -0.0,
            1,
            -1,
            0.1,
            0.3,
            0.1 + 0.2,
            1e-3,
            0.0009999999,
            0.001001,
            9_999_999.999999,
            9999999,
            1e7,
            1e22,
            1e23,
            0.123456,
            0.1234567,
            100,
            19.99,
            -19.9,
            Math.nextUp(19.99),
            Math.nextDown(0.5),
            1 / 3.0,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            Math.nextDown(1e7),
            0x1.0p52 + 0.5
        }) {
            sameAsToString(value);
            sameAsToString(-value);
        }
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            double decimal = random.nextInt(1_000_000_000) / Math.pow(10, random.nextInt(10));
            sameAsToString(decimal);
            sameAsToString(Math.nextUp(decimal));
            sameAsToString(Double.longBitsToDouble(random.nextLong()));
        }
    }

    @Test
    void integersLookAsInJava() throws IOException {
        Random random = new Random(8);
        for (int i = 0; i < 200_000; i++) {
            int value = random.nextInt() >> random.nextInt(32);
            assertThat(written(out -> out.number(value))).isEqualTo(Integer.toString(value));
        }
        for (long power = 1; power <= Integer.MAX_VALUE; power *= 10) {
            for (long near = power - 1; near <= power + 1; near++) {
                int value = (int) near;
                assertThat(written(out -> out.number(value))).isEqualTo(Integer.toString(value));
                assertThat(written(out -> out.number(-value))).isEqualTo(Integer.toString(-value));
            }
        }
        assertThat(written(out -> out.number(Integer.MIN_VALUE))).isEqualTo("-2147483648");
    }

    /// At every length, at every place in the array, and with a character in it, at every place, that is not plain.
    @Test
    void plainStringsAreThoseWithNothingToEscape() throws IOException {
        for (int length = 0; length <= 70; length++) {
            byte[] text = "abcdefghijklmnopqrstuvwxyz ~!#[]"
                    .repeat(3)
                    .substring(0, length)
                    .getBytes(StandardCharsets.US_ASCII);
            for (int from = 0; from < 9; from++) {
                for (int behind = 0; behind < 9; behind++) {
                    byte[] bytes = new byte[from + length + behind];
                    System.arraycopy(text, 0, bytes, from, length);
                    int start = from;
                    int size = length;
                    assertThat(written(out -> assertThat(out.plainString(bytes, start, size))
                                    .isTrue()))
                            .isEqualTo('"' + new String(text, StandardCharsets.US_ASCII) + '"');
                }
            }
            for (int at = 0; at < length; at++) {
                for (byte special : new byte[] {'"', '\\', 0, 0x1f, -1, -128}) {
                    byte[] bytes = text.clone();
                    bytes[at] = special;
                    assertThat(written(out -> assertThat(out.plainString(bytes, 0, bytes.length))
                                    .isFalse()))
                            .isEmpty();
                }
            }
        }
    }
}
