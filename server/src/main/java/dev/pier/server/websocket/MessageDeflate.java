package dev.pier.server.websocket;

import java.util.zip.Deflater;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.eclipse.jetty.websocket.core.internal.PerMessageDeflateExtension;

/// Jetty's compression of messages, which gives back compressor and decompressor after each message. They take 300 KiB
/// and 40 KiB of native memory.
///
/// Jetty takes a compressor again right after it has given one back, and keeps it. It also gives them back at a control
/// frame between the fragments of a message, whose rest then cannot be read.
///
/// SPEC: RFC 7692, section 7.2
///
/// *Threads.* For one thread at a time in each direction.
public final class MessageDeflate extends PerMessageDeflateExtension {
    /// Takes the empty input after the end of a message.
    private static final Deflater NONE = new Deflater();

    private boolean ended;

    @Override
    public Deflater getDeflater() {
        if (ended) {
            ended = false;
            return NONE;
        }
        return super.getDeflater();
    }

    @Override
    protected void nextOutgoingFrame(OutgoingEntry entry) {
        if (entry.getFrame().isControlFrame()) {
            getNextOutgoing().sendFrame(entry);
        } else {
            ended = entry.getFrame().isFin();
            super.nextOutgoingFrame(entry);
        }
    }

    @Override
    protected void nextIncomingFrame(Frame frame, Callback callback) {
        if (frame.isControlFrame()) {
            getNextIncoming().onFrame(frame, callback);
        } else {
            super.nextIncomingFrame(frame, callback);
        }
    }
}
