package dev.pier.erlang.json;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes the scalars of JSON to a buffer in front of a stream. For one thread.
public final class JsonOutput {
    public static final int SIZE = 16 * 1024;
    /// More bytes than any number or escape takes.
    private static final int ROOM = 32;
    /// Between these two, [Double#toString] writes no exponent.
    private static final double LEAST_PLAIN = 1e-3;
    private static final double MOST_PLAIN = 1e7;
    /// Six digits after the point.
    private static final int FRACTION = 1_000_000;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /// The character after the backslash; 0 if there is no escape, `u` if the code follows.
    private static final byte[] ESCAPES = new byte[128];

    static {
        for (int i = 0; i < ' '; i++) {
            ESCAPES[i] = 'u';
        }
        ESCAPES['\b'] = 'b';
        ESCAPES['\t'] = 't';
        ESCAPES['\n'] = 'n';
        ESCAPES['\f'] = 'f';
        ESCAPES['\r'] = 'r';
        ESCAPES['"'] = '"';
        ESCAPES['\\'] = '\\';
    }

    /// The two decimal digits of each number below 100.
    private static final byte[] PAIRS = new byte[200];

    static {
        for (int i = 0; i < 100; i++) {
            PAIRS[2 * i] = (byte) ('0' + i / 10);
            PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
        }
    }

    private final OutputStream target;
    private final byte[] buffer;
    private int size;

    public JsonOutput(OutputStream target) {
        this(target, SIZE);
    }

    /// @param bytes the size of the buffer, at least 32
    public JsonOutput(OutputStream target, int bytes) {
        this.target = target;
        this.buffer = new byte[bytes];
    }

    void raw(char ascii) throws IOException {
        if (size == buffer.length) {
            send();
        }
        buffer[size++] = (byte) ascii;
    }

    void raw(byte[] bytes, int from, int length) throws IOException {
        if (length > buffer.length - size) {
            send();
            if (length > buffer.length) {
                target.write(bytes, from, length);
                return;
            }
        }
        System.arraycopy(bytes, from, buffer, size, length);
        size += length;
    }

    /// Writes text that is ASCII, such as a number.
    @SuppressWarnings("deprecation") // It truncates characters to bytes, which is correct for ASCII.
    void raw(String ascii) throws IOException {
        int from = 0;
        while (from < ascii.length()) {
            if (size == buffer.length) {
                send();
            }
            int to = Math.min(ascii.length(), from + buffer.length - size);
            ascii.getBytes(from, to, buffer, size);
            size += to - from;
            from = to;
        }
    }

    void number(int value) throws IOException {
        if (value == Integer.MIN_VALUE) {
            raw(Integer.toString(value));
            return;
        }
        room();
        int rest = value;
        if (rest < 0) {
            buffer[size++] = '-';
            rest = -rest;
        }
        int end = size + digits(rest);
        int at = end;
        while (rest >= 100) {
            int hundredth = rest / 100;
            int pair = 2 * (rest - hundredth * 100);
            buffer[--at] = PAIRS[pair + 1];
            buffer[--at] = PAIRS[pair];
            rest = hundredth;
        }
        buffer[--at] = PAIRS[2 * rest + 1];
        if (rest >= 10) {
            buffer[--at] = PAIRS[2 * rest];
        }
        size = end;
    }

    /// Writes a float as [Double#toString] does. Most floats are short decimals, such as prices, and need no search
    /// for the shortest form: a decimal of at most 15 digits that reads as this float is the only one.
    void number(double value) throws IOException {
        double magnitude = Math.abs(value);
        if (magnitude >= LEAST_PLAIN && magnitude < MOST_PLAIN) {
            long scaled = (long) (magnitude * FRACTION + 0.5);
            if (scaled / (double) FRACTION == magnitude) {
                decimal(value < 0, scaled);
                return;
            }
        }
        raw(Double.toString(value));
    }

    /// @param scaled the magnitude times a million
    private void decimal(boolean negative, long scaled) throws IOException {
        room();
        if (negative) {
            buffer[size++] = '-';
        }
        number((int) (scaled / FRACTION));
        int rest = (int) (scaled % FRACTION);
        room();
        buffer[size++] = '.';
        int least = size + 1;
        for (int unit = FRACTION / 100; unit > 0; unit /= 100) {
            int pair = 2 * (rest / unit);
            buffer[size++] = PAIRS[pair];
            buffer[size++] = PAIRS[pair + 1];
            rest %= unit;
        }
        while (size > least && buffer[size - 1] == '0') {
            size--;
        }
    }

    private static int digits(int value) {
        int digits = 1;
        for (long bound = 10; value >= bound; bound *= 10) {
            digits++;
        }
        return digits;
    }

    /// Writes a string of these bytes, if they are ASCII with nothing to escape.
    ///
    /// @return whether it was written
    boolean plainString(byte[] bytes, int from, int length) throws IOException {
        if (buffer.length - size < length + PlainText.SLACK + 2) {
            send();
            if (buffer.length < length + PlainText.SLACK + 2) {
                return longPlainString(bytes, from, length);
            }
        }
        if (!PlainText.copyPlain(bytes, from, length, buffer, size + 1)) {
            return false;
        }
        buffer[size] = '"';
        buffer[size + 1 + length] = '"';
        size += length + 2;
        return true;
    }

    private boolean longPlainString(byte[] bytes, int from, int length) throws IOException {
        if (!PlainText.isPlain(bytes, from, length)) {
            return false;
        }
        raw('"');
        raw(bytes, from, length);
        raw('"');
        return true;
    }

    /// Writes a string of these bytes, which must be UTF-8.
    void string(byte[] utf8, int from, int length) throws IOException {
        raw('"');
        int end = from + length;
        int plain = from;
        for (int i = from; i < end; i++) {
            int b = utf8[i];
            if (b >= 0 && ESCAPES[b] != 0) {
                raw(utf8, plain, i - plain);
                escape(b);
                plain = i + 1;
            }
        }
        raw(utf8, plain, end - plain);
        raw('"');
    }

    void string(String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        string(utf8, 0, utf8.length);
    }

    /// Writes one character inside a string; the caller writes the quotes.
    void character(int codePoint) throws IOException {
        room();
        if (codePoint < 0x80) {
            if (ESCAPES[codePoint] == 0) {
                buffer[size++] = (byte) codePoint;
            } else {
                escape(codePoint);
            }
        } else if (codePoint < 0x800) {
            buffer[size++] = (byte) (0xc0 | codePoint >> 6);
            trailing(codePoint);
        } else {
            if (codePoint < 0x10000) {
                buffer[size++] = (byte) (0xe0 | codePoint >> 12);
            } else {
                buffer[size++] = (byte) (0xf0 | codePoint >> 18);
                trailing(codePoint >> 12);
            }
            trailing(codePoint >> 6);
            trailing(codePoint);
        }
    }

    private void trailing(int bits) {
        buffer[size++] = (byte) (0x80 | (bits & 0x3f));
    }

    private void escape(int c) throws IOException {
        room();
        buffer[size++] = '\\';
        buffer[size++] = ESCAPES[c];
        if (ESCAPES[c] == 'u') {
            buffer[size++] = '0';
            buffer[size++] = '0';
            buffer[size++] = HEX[c >> 4];
            buffer[size++] = HEX[c & 0xf];
        }
    }

    private void room() throws IOException {
        if (buffer.length - size < ROOM) {
            send();
        }
    }

    /// Writes the buffer to the stream, without flushing the stream.
    public void send() throws IOException {
        target.write(buffer, 0, size);
        size = 0;
    }

    void flush() throws IOException {
        send();
        target.flush();
    }
}
