package dev.pier.erlang.dist;

import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Term;
import java.util.concurrent.atomic.AtomicLong;

/// Makes what a connection writes: control message and payload are encoded behind each other into one array, with
/// the length in front, and go to the socket from there.
///
/// ```java
/// EtfOutput out = new EtfOutput(512);
/// int payload = frames.begin(control, out);
/// mapper.write(value, out);
/// queue.offer(frames.finish(out, payload));
/// ```
///
/// Any number of threads may encode at once, each into an output of its own. If encoding the payload fails, the
/// output is dropped, and nothing has happened.
public final class FrameEncoder {
    private static final int LENGTH_BYTES = 4;

    private final FrameFormat format;
    private final boolean fragments;
    private final ControlEncoder control;

    // SPEC: a peer's VM crashes over the sequence 0 (seen with OTP 25 and 27), so it is never given out.
    private final AtomicLong sequences = new AtomicLong();

    public FrameEncoder(Capabilities capabilities) {
        format = capabilities.frameFormat();
        fragments = capabilities.fragments();
        control = new ControlEncoder(capabilities);
    }

    /// Writes all that comes before the payload.
    ///
    /// @param out empty
    /// @return where the payload begins, for [#finish]
    public int begin(ControlMessage message, EtfOutput out) {
        if (out.size() != 0) {
            throw new IllegalArgumentException(
                    "a frame begins in an empty output, this one has " + out.size() + " bytes");
        }
        out.write4(0);
        switch (format) {
            case PASS_THROUGH -> {
                out.write1(FrameDecoder.PASS_THROUGH);
                out.write1(Tag.VERSION);
            }
            case HEADER -> {
                out.write1(Tag.VERSION);
                out.write1(FrameDecoder.NORMAL);
                out.write1(0);
            }
        }
        control.encode(message, out);
        if (format == FrameFormat.PASS_THROUGH && message.hasPayload()) {
            out.write1(Tag.VERSION);
        }
        return out.size();
    }

    /// Completes what [#begin] began, once the payload has been written behind it.
    ///
    /// @param out goes over to the message
    public OutboundMessage finish(EtfOutput out, int payloadStart) {
        if (fragments && out.size() - payloadStart > OutboundMessage.FRAGMENT_BYTES) {
            long sequence = sequences.incrementAndGet();
            return OutboundMessage.fragmented(out.array(), out.size(), payloadStart, sequence);
        }
        out.set4(0, out.size() - LENGTH_BYTES);
        return OutboundMessage.whole(out.array(), out.size());
    }

    /// A message without a payload.
    public OutboundMessage encode(ControlMessage message) {
        EtfOutput out = new EtfOutput(128);
        return finish(out, begin(message, out));
    }

    /// A message with a payload.
    ///
    /// @throws dev.pier.erlang.BadArgument if the payload has no encoded form
    public OutboundMessage encode(ControlMessage message, Term payload) {
        EtfOutput out = new EtfOutput(256);
        int start = begin(message, out);
        TermEncoder.encode(payload, out);
        return finish(out, start);
    }
}
