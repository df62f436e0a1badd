package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Message;
import dev.pier.erlang.MessageHandler;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process that sends the bytes of an [Upload], as many as its reader has granted. `pier_stream.erl` describes the
/// messages.
///
/// *Threads.* The process's thread reads the bytes and sends them. The lock is held while it reads, so that [#close]
/// can wait for the end of a read.
final class UploadSource implements MessageHandler {
    private static final Logger log = LoggerFactory.getLogger(UploadSource.class);

    private static final Atom PIER_UPLOAD = Atom.of("pier_upload");
    private static final Atom EOF = Atom.of("eof");
    private static final Tuple ALREADY_READ = Tuple.of(Atom.ERROR, Atom.of("already_read"));
    private static final Atom SHUTDOWN = Atom.of("shutdown");
    private static final Tuple CLIENT_GONE = Tuple.of(SHUTDOWN, Atom.of("client_gone"));
    private static final Tuple CLOSED = Tuple.of(SHUTDOWN, Atom.of("closed"));

    /// Less than a fragment, so that parts of several uploads and calls take turns on the connection.
    private static final int PART = 60 << 10;

    private static final long CLOSE_SECONDS = 10;

    private final InputStream bytes;
    private final ReentrantLock reading = new ReentrantLock();

    /// Allocated for the first reader. For the process's thread, as the next three.
    private byte @Nullable [] part;

    private @Nullable Pid readerPid;
    private long credit;
    private boolean atEnd;

    private volatile @Nullable ErlangProcess process;
    private volatile boolean closed;
    private volatile @Nullable Reference reader;
    private volatile @Nullable Exception failure;

    UploadSource(InputStream bytes) {
        this.bytes = bytes;
    }

    void start(ErlangProcess self) {
        process = self;
    }

    /// Whether a process has begun to read.
    boolean hasReader() {
        return reader != null;
    }

    /// Why the bytes could not be read to their end; `null` if they could, or were not read yet.
    @Nullable
    Exception failure() {
        return failure;
    }

    @Override
    public void handle(Message message, ErlangProcess self) {
        if (message.down().isPresent()) {
            // The reader has ended normally: an abnormal end comes over the link.
            self.end(CLOSED);
            return;
        }
        if (!(message.term() instanceof Tuple tuple)
                || tuple.arity() < 3
                || !tuple.get(0).equals(PIER_UPLOAD)) {
            log.debug("An upload ignores a message of another kind");
            return;
        }
        if (tuple.arity() == 4
                && tuple.get(1) instanceof Pid pid
                && tuple.get(2) instanceof Reference ref
                && tuple.get(3) instanceof IntegerTerm(long granted)) {
            begin(pid, ref, granted, self);
        } else if (tuple.get(1).equals(reader) && tuple.get(2) instanceof IntegerTerm(long granted)) {
            credit += granted;
        }
        sendGranted(self);
    }

    private void begin(Pid pid, Reference ref, long granted, ErlangProcess self) {
        if (reader != null) {
            self.send(pid, Tuple.of(ref, ALREADY_READ));
            return;
        }
        reader = ref;
        readerPid = pid;
        credit = granted;
        part = new byte[PART];
        Reference _ = self.monitor(pid);
    }

    /// Sends as much as the reader has granted.
    private void sendGranted(ErlangProcess self) {
        try {
            while (credit > 0 && !atEnd && self.isAlive()) {
                int length = read();
                if (length < 0) {
                    // The process lives on, so that another reader gets an answer.
                    credit = 0;
                    atEnd = true;
                    send(self, EOF);
                } else if (length > 0) {
                    credit -= length;
                    send(self, Binary.of(Arrays.copyOf(Objects.requireNonNull(part), length)));
                }
            }
        } catch (IOException | RuntimeException e) {
            failed(e, self);
        }
    }

    private void send(ErlangProcess self, Term content) {
        self.send(Objects.requireNonNull(readerPid), Tuple.of(Objects.requireNonNull(reader), content));
    }

    private int read() throws IOException {
        reading.lock();
        try {
            return closed ? 0 : bytes.read(Objects.requireNonNull(part), 0, (int) Math.min(PART, credit));
        } finally {
            reading.unlock();
        }
    }

    private void failed(Exception e, ErlangProcess self) {
        if (!self.isAlive()) {
            log.debug("An upload stopped with its process: {}", e.toString());
        } else if (e instanceof ErlangException) {
            log.debug("An upload failed: its bytes could not be sent", e);
            self.end(Tuple.of(SHUTDOWN, Binary.of(String.valueOf(e.getMessage()))));
        } else {
            log.debug("An upload failed: the client has disconnected or is too slow: {}", e.toString());
            failure = e;
            self.end(CLIENT_GONE);
        }
    }

    /// Ends the process, which interrupts its thread, and waits until the thread does not read any more.
    void close() {
        closed = true;
        ErlangProcess self = process;
        if (self != null) {
            self.end(CLOSED);
        }
        try {
            if (reading.tryLock(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                reading.unlock();
            } else {
                log.warn(
                        "An upload does not stop: its stream ignores the interrupt ({} s); the request ends without it",
                        CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
