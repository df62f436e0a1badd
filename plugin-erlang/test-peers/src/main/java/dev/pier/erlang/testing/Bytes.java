package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/// Bytes in network order, put together by hand. The tests' peers share no line with the code under test, so that a
/// mistake there cannot hide itself here.
public final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Bytes() {}

    public static Bytes bytes() {
        return new Bytes();
    }

    /// The bytes that two hexadecimal digits each stand for; spaces may stand anywhere.
    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /// The digits, two for each byte, with spaces between.
    public static String toHex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    public Bytes u8(int value) {
        out.write(value);
        return this;
    }

    public Bytes u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    public Bytes u32(long value) {
        return u16((int) (value >>> 16)).u16((int) value);
    }

    public Bytes u64(long value) {
        return u32(value >>> 32).u32(value);
    }

    public Bytes latin1(String text) {
        return raw(text.getBytes(ISO_8859_1));
    }

    public Bytes raw(byte[]... parts) {
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return this;
    }

    public byte[] array() {
        return out.toByteArray();
    }
}
