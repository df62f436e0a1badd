package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Tuple;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The credit of a sender in `pier_stream`, for rows or for the parts of an answer. For the consumer's thread.
///
/// The sender may have one window of rows and bytes under way. Consumed rows and bytes are granted again in steps
/// of half a window, so that many rows cost one message back.
///
/// A sender may begin with a small credit of its own. The rest of the window is granted when half of that is
/// consumed, so that a short stream needs no message back.
///
/// On a lane the window is fixed. On a shared connection it starts small, and doubles when the consumer has twice in a
/// row consumed half a window in a short time and then has to wait for the sender: the window limits such a stream.
///
/// ```
/// {Ref, Size, Row}         by the sender: a row or a part, and how many bytes of credit it takes
/// {Ref, Rows, Bytes}       to the sender: credit
/// {Ref, closed}            to the sender: no row is read any more
/// ```
final class Credit {
    /// Limits rows that are so small that the bytes of the window would not limit them.
    static final int MAX_ROWS = 1024;

    private static final Atom CLOSED = Atom.of("closed");
    private static final int MIN_ROWS = 256;
    private static final int BYTES_PER_ROW = 1024;
    private static final long GROWTH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final StreamCall call;
    private final StreamBuffer buffer;
    private final StreamBudget.@Nullable Share share;
    private Reference reference;

    /// What the sender has begun with; 0 once the window has been granted.
    private int firstRows;

    private int firstBytes;
    private int rowsTaken;
    private long bytesTaken;
    private long lastGrant;

    /// The last half of a window was consumed as fast as it came.
    private boolean wasQuick;

    /// @param hello the first message of the sender
    Credit(StreamCall call, StreamHello hello) {
        this.call = call;
        this.buffer = call.buffer();
        this.share = call.share();
        this.reference = hello.reference();
        begin(hello);
    }

    /// Another sender begins, after the end of the one before.
    void begin(StreamHello hello) {
        reference = hello.reference();
        if (hello.sender() != null) {
            call.producer(hello.sender());
        }
        firstRows = hello.rows();
        firstBytes = hello.bytes();
        rowsTaken = 0;
        bytesTaken = 0;
        if (firstRows == 0 || firstBytes == 0) {
            grantWindow();
        }
    }

    /// Grants what the sender has not begun with, and what was consumed.
    private void grantWindow() {
        grant(rows() - firstRows + rowsTaken, window() - firstBytes + bytesTaken);
        firstRows = 0;
        firstBytes = 0;
        rowsTaken = 0;
        bytesTaken = 0;
    }

    /// The row or the part in a message of the sender; `null` if the message is not from it.
    @Nullable
    EncodedTerm take(EncodedTerm message) {
        EtfInput in = message.open(call.limits());
        if (in.read1() != Tag.SMALL_TUPLE
                || in.read1() != 3
                || in.peek1() != Tag.NEWER_REFERENCE
                || !TermDecoder.decodeReference(in).equals(reference)) {
            return null;
        }
        long size = TermDecoder.decodeLong(in);
        if (size < 0) {
            throw new MalformedTerm("a row of " + size + " bytes");
        }
        bytesTaken += size;
        rowsTaken++;
        return message.from(in);
    }

    /// Grants what was consumed, if it is enough for a message.
    void refill() {
        if (firstRows > 0) {
            if (rowsTaken >= firstRows / 2 || bytesTaken >= firstBytes / 2) {
                grantWindow();
            }
            return;
        }
        if (rowsTaken < rows() / 2 && bytesTaken < window() / 2) {
            return;
        }
        int before = rows();
        boolean quick = System.nanoTime() - lastGrant < GROWTH_NANOS && buffer.bytes() == 0;
        int moreBytes = quick && wasQuick && share != null ? share.grow(call.window()) : 0;
        wasQuick = quick;
        grant(rowsTaken + rows() - before, bytesTaken + moreBytes);
        rowsTaken = 0;
        bytesTaken = 0;
    }

    /// Tells the sender that no row is read any more.
    void leave() {
        call.send(Tuple.of(reference, CLOSED));
    }

    private int window() {
        return share == null ? call.window() : share.window();
    }

    private int rows() {
        return share == null ? MAX_ROWS : Math.clamp(window() / BYTES_PER_ROW, MIN_ROWS, MAX_ROWS);
    }

    private void grant(int rows, long bytes) {
        buffer.granted(rows, bytes, rows(), window());
        lastGrant = System.nanoTime();
        call.send(Tuple.of(reference, IntegerTerm.of(rows), IntegerTerm.of(bytes)));
    }
}
