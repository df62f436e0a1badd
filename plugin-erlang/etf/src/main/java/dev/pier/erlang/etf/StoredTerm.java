package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads the leading 131 of a term outside a connection, and the compressed form that may follow it. Pure.
public final class StoredTerm {
    private static final Atom[] NO_ATOMS = {};
    private static final int FIRST_STEP = 8192;

    private StoredTerm() {}

    /// Opens a cursor at the term's first tag: after the 131, or in the inflated bytes.
    ///
    /// @throws MalformedTerm if the bytes do not begin with 131, or cannot be inflated within the limits
    public static EtfInput open(byte[] bytes, DecodeLimits limits) {
        var in = new EtfInput(bytes, 0, bytes.length, NO_ATOMS, limits);
        int version = in.read1();
        if (version != Tag.VERSION) {
            throw new MalformedTerm("a stored term must begin with 131, not with " + version);
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
            throw new MalformedTerm("zlib cannot read the compressed term: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }

    /// Inflates in steps. The claimed size is used as a limit only, because a few bytes can claim gigabytes.
    private static byte[] inflate(Inflater inflater, int claimed) throws DataFormatException {
        byte[] inflated = new byte[Math.min(claimed, FIRST_STEP)];
        int size = 0;
        while (size < claimed) {
            if (size == inflated.length) {
                inflated = Arrays.copyOf(inflated, (int) Math.min(claimed, size * 2L));
            }
            int step = inflater.inflate(inflated, size, inflated.length - size);
            if (step == 0) {
                throw new MalformedTerm("the compressed term has " + size + " bytes, but claims " + claimed);
            }
            size += step;
        }
        // The end of the stream shows only when more is requested than there is.
        if (inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
            throw new MalformedTerm("the compressed term is longer than the " + claimed + " bytes that it claims");
        }
        if (inflater.getRemaining() != 0) {
            throw new MalformedTerm(inflater.getRemaining() + " bytes after the compressed term");
        }
        return inflated;
    }
}
