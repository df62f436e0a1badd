package dev.pier.erlang.dist;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import java.util.concurrent.atomic.AtomicLong;

/// Encodes the signals of one connection: control message and payload go into one array behind their length,
/// and from there to the socket.
///
/// ```java
/// EtfOutput out = new EtfOutput(512);
/// int payloadStart = frames.begin(control, out);
/// mapper.write(value, out);
/// connection.enqueue(frames.finish(sender, out, payloadStart));
/// ```
///
/// Threads. Any number may encode at once, each into an output of its own. If encoding a payload fails, the
/// output is discarded, and the encoder is unchanged.
public final class FrameEncoder {
    private static final int LENGTH_BYTES = 4;

    private final FrameFormat format;
    private final boolean fragments;
    private final boolean nativeRecords;
    private final ControlEncoder control;

    /// The sequence id of the last fragmented signal. SEEN: OTP 25 and 27: fragments with the sequence id 0
    /// crash the peer's VM, so ids begin at 1.
    private final AtomicLong lastSequence = new AtomicLong();

    public FrameEncoder(Capabilities capabilities) {
        format = capabilities.frameFormat();
        fragments = capabilities.fragments();
        nativeRecords = capabilities.nativeRecords();
        control = new ControlEncoder(capabilities);
    }

    /// Writes all that precedes the payload.
    ///
    /// @param out empty
    /// @return where the payload begins, for [#finish]
    public int begin(ControlMessage message, EtfOutput out) {
        if (out.size() != 0) {
            throw new IllegalArgumentException("output is not empty: it has " + out.size() + " bytes");
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

    /// Completes a signal after its payload has been written.
    ///
    /// @param out what [#begin] has written, and the payload; it belongs to the signal from now on
    /// @throws BadArgument if it holds a native record, for which a peer without `DFLAG_NATIVE_RECORDS` would
    ///     close the connection
    public EncodedSignal finish(Pid sender, EtfOutput out, int payloadStart) {
        if (out.hasNativeRecord() && !nativeRecords) {
            throw new BadArgument("a native record cannot be sent: the peer does not offer DFLAG_NATIVE_RECORDS, as"
                    + " Erlang/OTP 29 and later do");
        }
        if (fragments && out.size() - payloadStart > EncodedSignal.FRAGMENT_BYTES) {
            long sequence = lastSequence.incrementAndGet();
            return EncodedSignal.fragmented(sender, out.array(), out.size(), payloadStart, sequence);
        }
        out.set4(0, out.size() - LENGTH_BYTES);
        return EncodedSignal.whole(sender, out.array(), out.size());
    }

    /// Encodes a signal without payload.
    ///
    /// @throws BadArgument as [#finish]
    public EncodedSignal encode(Pid sender, ControlMessage message) {
        EtfOutput out = new EtfOutput(128);
        return finish(sender, out, begin(message, out));
    }

    /// Encodes a signal with a payload.
    ///
    /// @throws BadArgument if the payload has no encoded form
    public EncodedSignal encode(Pid sender, ControlMessage message, Term payload) {
        EtfOutput out = new EtfOutput(256);
        int payloadStart = begin(message, out);
        TermEncoder.encode(payload, out);
        return finish(sender, out, payloadStart);
    }
}
