package dev.pier.erlang.json;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.internal.Utf8;
import dev.pier.erlang.jackson.Charlists;
import dev.pier.erlang.jackson.SpecialAtom;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;

/// The part of [JsonWriter] that writes scalars and the names of members. For one thread.
///
/// The methods that read from a cursor expect it after the tag, except [#name].
final class JsonScalars {
    /// A multiple of three, so that Base64 has padding at the end only.
    private static final int BASE64_STEP = 3 * 1024;

    private final JsonOptions options;
    private final JsonOutput out;
    private final AtomJsonCache atoms;

    JsonScalars(JsonOptions options, JsonOutput out, AtomJsonCache atoms) {
        this.options = options;
        this.out = out;
        this.atoms = atoms;
    }

    void floating(EtfInput in) throws IOException {
        double value = Double.longBitsToDouble(in.read8());
        if (!Double.isFinite(value)) {
            throw new MalformedTerm(value + " before byte " + in.position() + ": floats must be finite");
        }
        out.number(value);
    }

    void binary(EtfInput in) throws IOException {
        int length = in.length();
        int from = in.skip(length);
        if (!text(in, from, length)) {
            switch (options.binaries()) {
                case BASE64 -> base64(Base64.getEncoder(), in, from, length);
                case BASE64_URL -> base64(Base64.getUrlEncoder().withoutPadding(), in, from, length);
                case ARRAY -> numbers(in, from, length);
            }
        }
    }

    /// Writes the bytes as a string.
    ///
    /// @return false if they are not UTF-8, and nothing was written
    private boolean text(EtfInput in, int from, int length) throws IOException {
        if (out.plainString(in.bytes(), from, length)) {
            return true;
        }
        if (Utf8.kind(in.bytes(), from, length) == Utf8.INVALID) {
            return false;
        }
        out.string(in.bytes(), from, length);
        return true;
    }

    private void base64(Base64.Encoder encoder, EtfInput in, int from, int length) throws IOException {
        out.raw('"');
        for (int done = 0; done < length; done += BASE64_STEP) {
            int start = from + done;
            byte[] step = Arrays.copyOfRange(in.bytes(), start, start + Math.min(BASE64_STEP, length - done));
            byte[] encoded = encoder.encode(step);
            out.raw(encoded, 0, encoded.length);
        }
        out.raw('"');
    }

    /// Writes a list of small integers.
    void bytes(EtfInput in) throws IOException {
        int length = in.read2();
        int from = in.skip(length);
        if ((options.charlistsAsText() || options.chardataAsText())
                && Charlists.isPrintable(in.bytes(), from, length)) {
            latin1(in, from, length);
        } else {
            numbers(in, from, length);
        }
    }

    private void latin1(EtfInput in, int from, int length) throws IOException {
        if (out.plainString(in.bytes(), from, length)) {
            return;
        }
        out.raw('"');
        for (int i = from; i < from + length; i++) {
            out.character(in.bytes()[i] & 0xff);
        }
        out.raw('"');
    }

    private void numbers(EtfInput in, int from, int length) throws IOException {
        out.raw('[');
        for (int i = 0; i < length; i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.number(in.bytes()[from + i] & 0xff);
        }
        out.raw(']');
    }

    /// Writes text in UTF-8 as a string.
    void text(EtfOutput utf8) throws IOException {
        if (!out.plainString(utf8.array(), 0, utf8.size())) {
            out.string(utf8.array(), 0, utf8.size());
        }
    }

    /// Writes elements of a list that are code points as a string.
    void codePoints(EtfInput in, int count) throws IOException {
        out.raw('"');
        for (int i = 0; i < count; i++) {
            out.character(Charlists.codePoint(in));
        }
        out.raw('"');
    }

    /// Writes an atom.
    ///
    /// @param length how many bytes the name has
    void atom(EtfInput in, int length) throws IOException {
        int from = in.skip(length);
        SpecialAtom special = SpecialAtom.of(in.bytes(), from, length);
        if (special != null) {
            raw(special.json);
        } else {
            atomText(in, from, length);
        }
    }

    void cachedAtom(EtfInput in) throws IOException {
        raw(atoms.of(in.cachedAtom(in.read1())).value);
    }

    private void atomText(EtfInput in, int from, int length) throws IOException {
        if (!text(in, from, length)) {
            throw new MalformedTerm("the name of the atom before byte " + in.position() + " is not UTF-8");
        }
    }

    void truth() throws IOException {
        raw(SpecialAtom.TRUE.json);
    }

    /// Writes a term that has several encoded forms, or is rare.
    void other(Term term) throws IOException {
        switch (term) {
            case Atom atom -> raw(atoms.of(atom).value);
            case IntegerTerm(long value) -> out.raw(Long.toString(value));
            case BigIntegerTerm(BigInteger value) -> out.raw(value.toString());
            case FloatTerm(double value) -> out.number(value);
            default -> out.string(term.toString());
        }
    }

    /// Writes any term as the name of a member, with the colon. The cursor is at the tag.
    void name(EtfInput in) throws IOException {
        int start = in.position();
        switch (in.read1()) {
            case Tag.ATOM_CACHE_REF -> {
                raw(atoms.of(in.cachedAtom(in.read1())).name);
                return;
            }
            case Tag.SMALL_ATOM_UTF8 -> {
                int length = in.read1();
                atomText(in, in.skip(length), length);
            }
            case Tag.BINARY -> {
                int length = in.length();
                if (!text(in, in.skip(length), length)) {
                    textForm(in, start);
                }
            }
            case Tag.STRING -> {
                int length = in.read2();
                int from = in.skip(length);
                if (Charlists.isPrintable(in.bytes(), from, length)) {
                    latin1(in, from, length);
                } else {
                    textForm(in, start);
                }
            }
            default -> textForm(in, start);
        }
        out.raw(':');
    }

    /// Writes an atom as the name of a member, with the colon.
    void name(Atom atom) throws IOException {
        raw(atoms.of(atom).name);
    }

    private void textForm(EtfInput in, int start) throws IOException {
        in.seek(start);
        Term key = TermDecoder.decode(in);
        out.string(key instanceof Atom atom ? atom.name() : key.toString());
    }

    private void raw(byte[] json) throws IOException {
        out.raw(json, 0, json.length);
    }
}
