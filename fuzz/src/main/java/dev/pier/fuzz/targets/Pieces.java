package dev.pier.fuzz.targets;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Inputs of several pieces: each has its length before it, in two bytes.
final class Pieces {
    private Pieces() {}

    static byte[] join(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.writeBytes(ByteBuffer.allocate(Short.BYTES)
                    .putShort((short) piece.length)
                    .array());
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }

    /// The pieces of any input; the last one may be shorter than its length says.
    static List<byte[]> split(byte[] input) {
        List<byte[]> pieces = new ArrayList<>();
        int at = 0;
        while (input.length - at >= Short.BYTES) {
            int length = Short.toUnsignedInt(ByteBuffer.wrap(input).getShort(at));
            at += Short.BYTES;
            int end = Math.min(input.length, at + length);
            pieces.add(Arrays.copyOfRange(input, at, end));
            at = end;
        }
        return pieces;
    }
}
