package dev.pier.erlang.testing;

import static dev.pier.erlang.testing.Bytes.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import java.math.BigInteger;
import java.util.stream.IntStream;

/// Encoded terms by hand, without the leading version byte, as they stand in a frame. What these methods cannot say is
/// said with [Bytes], and a real node says all the rest: `evalBytes("term_to_binary(...)", ...)`.
// SPEC: erl_ext_dist
public final class TermBytes {
    /// The byte that stands once before a term that stands alone.
    public static final int VERSION = 131;

    private TermBytes() {}

    public static byte[] atom(String name) {
        byte[] utf8 = name.getBytes(UTF_8);
        return utf8.length < 256
                ? bytes().u8(119).u8(utf8.length).raw(utf8).array()
                : bytes().u8(118).u16(utf8.length).raw(utf8).array();
    }

    /// An atom that stands in the frame's header, at this place in its list.
    public static byte[] atomOfHeader(int place) {
        return bytes().u8(82).u8(place).array();
    }

    public static byte[] integer(int value) {
        return value == (value & 0xff)
                ? bytes().u8(97).u8(value).array()
                : bytes().u8(98).u32(value).array();
    }

    /// An integer that 64 bits without sign hold, such as the id of an unlink.
    public static byte[] unsignedLong(long value) {
        byte[] bigEndian = new BigInteger(Long.toUnsignedString(value)).toByteArray();
        Bytes term = bytes().u8(110).u8(bigEndian.length).u8(0);
        for (int i = bigEndian.length - 1; i >= 0; i--) {
            term.u8(bigEndian[i]);
        }
        return term.array();
    }

    public static byte[] tuple(byte[]... elements) {
        return elements.length < 256
                ? bytes().u8(104).u8(elements.length).raw(elements).array()
                : bytes().u8(105).u32(elements.length).raw(elements).array();
    }

    public static byte[] list(byte[]... elements) {
        return elements.length == 0
                ? nil()
                : bytes().u8(108).u32(elements.length).raw(elements).raw(nil()).array();
    }

    public static byte[] nil() {
        return bytes().u8(106).array();
    }

    public static byte[] binary(byte... data) {
        return bytes().u8(109).u32(data.length).raw(data).array();
    }

    public static byte[] binary(String text) {
        return binary(text.getBytes(UTF_8));
    }

    /// A map of keys and values in turn.
    public static byte[] map(byte[]... keysAndValues) {
        return bytes().u8(116).u32(keysAndValues.length / 2).raw(keysAndValues).array();
    }

    public static byte[] pid(String node, int id, int serial, int creation) {
        return bytes().u8(88).raw(atom(node)).u32(id).u32(serial).u32(creation).array();
    }

    public static byte[] pid(Pid pid) {
        return pid(pid.node().name(), pid.id(), pid.serial(), pid.creation());
    }

    public static byte[] reference(String node, int creation, int... words) {
        Bytes term = bytes().u8(90).u16(words.length).raw(atom(node)).u32(creation);
        for (int word : words) {
            term.u32(word);
        }
        return term.array();
    }

    public static byte[] reference(Reference reference) {
        int[] words =
                IntStream.range(0, reference.wordCount()).map(reference::word).toArray();
        return reference(reference.node().name(), reference.creation(), words);
    }
}
