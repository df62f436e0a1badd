package dev.pier.erlang.servlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Gathers what is written, and sends it when there is enough or when it has waited long enough. For one thread,
/// which asks when something is due before it waits for more.
///
/// Until the first sending the response is untouched. Failures to send are [Gone].
final class PacedOutput extends OutputStream {
    /// The client does not take what is sent.
    static final class Gone extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        Gone(IOException cause) {
            super(cause);
        }
    }

    /// Gives the stream only when it is needed: to ask a response for it is a choice that cannot be undone.
    interface Target {
        OutputStream open() throws IOException;
    }

    private final Target target;
    private final long patienceNanos;
    private final int enough;
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private long oldestAt;

    /// @param patience how long something may wait
    /// @param enough at how many bytes nothing waits
    PacedOutput(Target target, Duration patience, int enough) {
        this.target = target;
        this.patienceNanos = patience.toNanos();
        this.enough = enough;
    }

    @Override
    public void write(int b) {
        note();
        gathered.write(b);
        sendIfEnough();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        note();
        gathered.write(bytes, offset, length);
        sendIfEnough();
    }

    void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(bytes, 0, bytes.length);
    }

    /// Sends nothing: each element that is written ends with this, and it is the pace that decides.
    @Override
    public void flush() {}

    private void note() {
        if (gathered.size() == 0) {
            oldestAt = System.nanoTime();
        }
    }

    private void sendIfEnough() {
        if (gathered.size() >= enough) {
            send();
        }
    }

    boolean isEmpty() {
        return gathered.size() == 0;
    }

    /// How long what was written may still wait; at most zero if it must be sent now.
    long patienceLeft() {
        return patienceNanos - (System.nanoTime() - oldestAt);
    }

    /// Sends if something has waited long enough.
    void sendIfDue() {
        if (!isEmpty() && patienceLeft() <= 0) {
            send();
        }
    }

    /// Sends all that waits, through every buffer on the way.
    void send() {
        try {
            OutputStream out = target.open();
            gathered.writeTo(out);
            gathered.reset();
            out.flush();
        } catch (IOException e) {
            throw new Gone(e);
        }
    }
}
