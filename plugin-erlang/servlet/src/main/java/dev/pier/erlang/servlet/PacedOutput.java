package dev.pier.erlang.servlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Buffers output, and sends it when there is enough of it or when it has waited long enough. For one thread, which
/// must call [#sendIfDue] before it waits for more.
///
/// The response is untouched until the first sending. A failure to send is a [ClientGone].
final class PacedOutput extends OutputStream {
    /// The client does not accept output: it has disconnected.
    static final class ClientGone extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        ClientGone(IOException cause) {
            super(cause);
        }
    }

    /// Opens the stream when it is needed: a response that has returned its stream can no longer return a writer.
    interface Target {
        OutputStream open() throws IOException;
    }

    private final Target target;
    private final long maxWaitNanos;
    private final int enough;
    private final ByteArrayOutputStream buffered = new ByteArrayOutputStream();
    private long oldestNanos;

    /// @param maxWait how long output may wait
    /// @param enough how many bytes are sent at once
    PacedOutput(Target target, Duration maxWait, int enough) {
        this.target = target;
        this.maxWaitNanos = maxWait.toNanos();
        this.enough = enough;
    }

    @Override
    public void write(int b) {
        startTimer();
        buffered.write(b);
        sendIfEnough();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        startTimer();
        buffered.write(bytes, offset, length);
        sendIfEnough();
    }

    void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(bytes, 0, bytes.length);
    }

    /// Does nothing: writers of elements flush after each one, but size and age decide when output is sent.
    @Override
    public void flush() {}

    private void startTimer() {
        if (buffered.size() == 0) {
            oldestNanos = System.nanoTime();
        }
    }

    private void sendIfEnough() {
        if (buffered.size() >= enough) {
            send();
        }
    }

    boolean isEmpty() {
        return buffered.size() == 0;
    }

    /// How long the output may still wait, in nanoseconds; zero or less if it must be sent now.
    long nanosUntilDue() {
        return maxWaitNanos - (System.nanoTime() - oldestNanos);
    }

    /// Sends the output if it has waited long enough.
    void sendIfDue() {
        if (!isEmpty() && nanosUntilDue() <= 0) {
            send();
        }
    }

    /// Sends the output and flushes every buffer on the way.
    void send() {
        try {
            OutputStream out = target.open();
            buffered.writeTo(out);
            buffered.reset();
            out.flush();
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }
}
