package dev.pier.erlang.dist;

import static java.util.Objects.requireNonNull;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Signals for tests of the write path, and the labels by which their frames are recognized.
public final class TestSignals {
    /// What a frame has besides its text.
    public static final int LENGTH_BYTES = 4;

    private static final int HEAD_BYTES = 7;
    private static final int FIRST_HEAD_BYTES = 19;
    private static final int NEXT_HEAD_BYTES = 18;

    private TestSignals() {}

    private static Pid sender(int number) {
        return new Pid(Atom.of("n@h"), number, 0, 1);
    }

    /// A signal of one frame, which consists of the text; its label is the text.
    public static EncodedSignal small(int sender, String text) {
        byte[] content = text.getBytes(StandardCharsets.US_ASCII);
        byte[] frame = ByteBuffer.allocate(LENGTH_BYTES + content.length)
                .putInt(content.length)
                .put(content)
                .array();
        return EncodedSignal.whole(sender(sender), frame, frame.length);
    }

    /// A signal of several fragments with 64 KiB each; their labels are the letter and a number from 1: `A1`, `A2`.
    public static EncodedSignal large(int sender, char letter, int fragments) {
        byte[] bytes = new byte[HEAD_BYTES + fragments * EncodedSignal.FRAGMENT_BYTES];
        Arrays.fill(bytes, HEAD_BYTES, bytes.length, (byte) letter);
        return EncodedSignal.fragmented(sender(sender), bytes, bytes.length, HEAD_BYTES, letter);
    }

    /// The labels of the frames in the bytes, a tick as `-`; an incomplete frame at the end has none.
    public static List<String> labels(byte[] written) {
        List<String> labels = new ArrayList<>();
        Map<Long, Long> fragments = new HashMap<>();
        ByteBuffer in = ByteBuffer.wrap(written);
        while (in.remaining() >= LENGTH_BYTES && in.remaining() - LENGTH_BYTES >= in.getInt(in.position())) {
            ByteBuffer frame = in.slice(in.position() + LENGTH_BYTES, in.getInt());
            in.position(in.position() + frame.limit());
            labels.add(label(frame, fragments));
        }
        return labels;
    }

    private static String label(ByteBuffer frame, Map<Long, Long> fragments) {
        if (!frame.hasRemaining()) {
            return "-";
        }
        if (frame.get(0) >= 0) {
            return StandardCharsets.US_ASCII.decode(frame).toString();
        }
        boolean first = frame.get(1) == FrameDecoder.FIRST_FRAGMENT;
        long sequence = frame.getLong(2);
        long id = frame.getLong(2 + Long.BYTES);
        if (first) {
            fragments.put(sequence, id);
        }
        long number = requireNonNull(fragments.get(sequence)) - id + 1;
        return (char) frame.get(first ? FIRST_HEAD_BYTES : NEXT_HEAD_BYTES) + Long.toString(number);
    }
}
