package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Values in DER, as much of it as certificates need.
///
/// SPEC: X.690
public final class Der {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

    private Der() {}

    public static byte[] value(int tag, byte[]... contents) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : contents) {
            content.writeBytes(part);
        }
        byte[] bytes = content.toByteArray();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (bytes.length < 128) {
            out.write(bytes.length);
        } else {
            byte[] length = BigInteger.valueOf(bytes.length).toByteArray();
            int zero = length[0] == 0 ? 1 : 0;
            out.write(128 | (length.length - zero));
            out.write(length, zero, length.length - zero);
        }
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    public static byte[] sequence(byte[]... elements) {
        return value(0x30, elements);
    }

    public static byte[] set(byte[]... elements) {
        return value(0x31, elements);
    }

    public static byte[] integer(BigInteger number) {
        return value(0x02, number.toByteArray());
    }

    public static byte[] yes() {
        return value(0x01, new byte[] {(byte) 0xff});
    }

    public static byte[] octets(byte[] bytes) {
        return value(0x04, bytes);
    }

    /// All bits of the bytes.
    public static byte[] bits(byte[] bytes) {
        return value(0x03, new byte[1], bytes);
    }

    public static byte[] utf8(String text) {
        return value(0x0c, text.getBytes(UTF_8));
    }

    public static byte[] time(Instant instant) {
        return value(0x18, TIME.format(instant.atOffset(ZoneOffset.UTC)).getBytes(US_ASCII));
    }

    public static byte[] oid(int... arcs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(40 * arcs[0] + arcs[1]);
        for (int i = 2; i < arcs.length; i++) {
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arcs[i] >>> shift != 0) {
                    out.write(128 | ((arcs[i] >>> shift) & 127));
                }
            }
            out.write(arcs[i] & 127);
        }
        return value(0x06, out.toByteArray());
    }
}
