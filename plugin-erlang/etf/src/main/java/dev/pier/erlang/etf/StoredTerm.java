package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The leading 131 of a term outside a connection, and the compressed form that may follow it.
public final class StoredTerm {
    private static final Atom[] NO_ATOMS = {};
    private static final int FIRST_STEP = 8192;

    private StoredTerm() {}

    /// A cursor at the term's first tag, behind the 131, or in the bytes that were compressed.
    ///
    /// @throws MalformedTerm if the bytes begin otherwise, or the compressed ones cannot be read within the limits
    public static EtfInput open(byte[] bytes, DecodeLimits limits) {
        var in = new EtfInput(bytes, 0, bytes.length, NO_ATOMS, limits);
        int version = in.read1();
        if (version != Tag.VERSION) {
            throw new MalformedTerm("a stored term begins with 131, not with " + version);
        }
        if (in.peek1() != Tag.COMPRESSED) {
            return in;
        }
        in.read1();
        byte[] inflated = inflate(in);
        return new EtfInput(inflated, 0, inflated.length, NO_ATOMS, limits);
    }

    private static byte[] inflate(EtfInput in) {
        long claimed = Integer.toUnsignedLong(in.read4());
        if (claimed > in.limits().bytes()) {
            throw new MalformedTerm("a compressed term of " + claimed + " bytes, at most "
                    + in.limits().bytes() + " (limit bytes)");
        }
        var inflater = new Inflater();
        try {
            inflater.setInput(in.bytes(), in.position(), in.remaining());
            return inflate(inflater, (int) claimed);
        } catch (DataFormatException e) {
            throw new MalformedTerm("a compressed term that zlib cannot read: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }

    /// In steps: the claimed size is trusted only as a bound, since a few bytes can claim gigabytes.
    private static byte[] inflate(Inflater inflater, int claimed) throws DataFormatException {
        byte[] inflated = new byte[Math.min(claimed, FIRST_STEP)];
        int size = 0;
        while (size < claimed) {
            if (size == inflated.length) {
                inflated = Arrays.copyOf(inflated, (int) Math.min(claimed, size * 2L));
            }
            int step = inflater.inflate(inflated, size, inflated.length - size);
            if (step == 0) {
                throw new MalformedTerm("a compressed term of " + size + " bytes that claims " + claimed);
            }
            size += step;
        }
        // One more byte at most: the end of the stream is seen only by asking for more than there is.
        if (inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
            throw new MalformedTerm("a compressed term that is longer than the " + claimed + " bytes it claims");
        }
        if (inflater.getRemaining() != 0) {
            throw new MalformedTerm(inflater.getRemaining() + " bytes behind the compressed term");
        }
        return inflated;
    }
}
