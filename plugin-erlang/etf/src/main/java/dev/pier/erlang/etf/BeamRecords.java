package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Reads the records that a module defines from the debug information in its object code (`.beam`). Pure.
///
/// Only the forms that define records are built as terms.
///
/// OTP: beam_lib.erl:scan_beam; erl_parse, Abstract Format: `{attribute,_,record,{Name,Fields}}`
public final class BeamRecords {
    /// In bytes: object code that is compressed, and the debug information, each inflated.
    private static final int MAX_BYTES = 64 << 20;

    private static final DecodeLimits LIMITS = new DecodeLimits(10_000, MAX_BYTES, 100_000, 10_000_000);
    private static final int GZIP = 0x1f8b;
    private static final Atom[] NO_ATOMS = {};

    private static final Atom ATTRIBUTE = Atom.of("attribute");
    private static final Atom RECORD = Atom.of("record");
    private static final Atom RECORD_FIELD = Atom.of("record_field");
    private static final Atom TYPED_RECORD_FIELD = Atom.of("typed_record_field");

    private BeamRecords() {}

    /// @param module for messages
    /// @throws UnexpectedTerm if the code has no debug information of Erlang source
    /// @throws MalformedTerm if it is not object code
    public static RecordDefinitions read(String module, byte[] beam) {
        byte[] chunk = chunk(unzipped(beam), "Dbgi");
        if (chunk != null) {
            EtfInput in = StoredTerm.open(chunk, LIMITS);
            EncodedTerm info = new EncodedTerm(in.bytes(), in.position(), in.remaining(), NO_ATOMS);
            EncodedTerm forms = forms(info);
            if (forms != null) {
                return definitions(forms);
            }
        }
        throw new UnexpectedTerm("the module " + module + " has no debug information of Erlang source: compile it with"
                + " debug_info, or use its .hrl file");
    }

    private static byte[] unzipped(byte[] beam) {
        if (beam.length < 2 || (beam[0] & 0xff) != GZIP >> 8 || (beam[1] & 0xff) != (GZIP & 0xff)) {
            return beam;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(beam))) {
            byte[] bytes = in.readNBytes(MAX_BYTES);
            if (in.read() >= 0) {
                throw new MalformedTerm("object code of more than " + MAX_BYTES + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw new MalformedTerm("compressed object code cannot be read: " + e.getMessage(), e);
        }
    }

    /// `FOR1`, a length, `BEAM`, and chunks: an id, a length, the data, up to a multiple of four bytes.
    private static byte @Nullable [] chunk(byte[] beam, String id) {
        ByteBuffer in = ByteBuffer.wrap(beam);
        if (in.remaining() < 12 || !id(in).equals("FOR1") || in.getInt() < 4 || !id(in).equals("BEAM")) {
            throw new MalformedTerm("not object code: it does not begin with FOR1 and BEAM");
        }
        while (in.remaining() >= 8) {
            String found = id(in);
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new MalformedTerm("a chunk of object code claims " + Integer.toUnsignedString(length) + " bytes, "
                        + in.remaining() + " are left");
            }
            if (found.equals(id)) {
                return Arrays.copyOfRange(beam, in.position(), in.position() + length);
            }
            in.position(Math.min(in.limit(), in.position() + (length + 3 & ~3)));
        }
        return null;
    }

    private static String id(ByteBuffer in) {
        byte[] id = new byte[4];
        in.get(id);
        return new String(id, StandardCharsets.ISO_8859_1);
    }

    /// The forms in `{debug_info_v1,erl_abstract_code,{Forms,Options}}`; `null` if there are none.
    private static @Nullable EncodedTerm forms(EncodedTerm info) {
        EtfInput in = info.open(LIMITS);
        if (!isTuple(in, 3) || !nextIs(in, "debug_info_v1") || !nextIs(in, "erl_abstract_code") || !isTuple(in, 2)) {
            return null;
        }
        EncodedTerm forms = info.next(in);
        return forms.open(LIMITS).peek1() == Tag.LIST ? forms : null;
    }

    private static boolean isTuple(EtfInput in, int arity) {
        return in.peek1() == Tag.SMALL_TUPLE && TermDecoder.decodeTupleArity(in) == arity;
    }

    private static boolean nextIs(EtfInput in, String atom) {
        return Tag.isAtom(in.peek1()) && TermDecoder.decodeAtom(in).name().equals(atom);
    }

    private static RecordDefinitions definitions(EncodedTerm forms) {
        EtfInput in = forms.open(LIMITS);
        RecordDefinitions all = RecordDefinitions.NONE;
        for (int left = TermDecoder.decodeListLength(in); left > 0; left--) {
            EncodedTerm form = forms.next(in);
            if (isRecord(form.open(LIMITS))
                    && form.decode(LIMITS) instanceof Tuple attribute
                    && attribute.get(3) instanceof Tuple definition) {
                all = all.and(definition(definition));
            }
        }
        return all;
    }

    private static boolean isRecord(EtfInput form) {
        if (!isTuple(form, 4) || !nextIs(form, ATTRIBUTE.name())) {
            return false;
        }
        TermDecoder.skip(form);
        return nextIs(form, RECORD.name());
    }

    /// `{Name,[{record_field,_,{atom,_,Field}}, …]}`; a default and a type may be added.
    private static RecordDefinitions definition(Tuple definition) {
        List<Atom> fields = new ArrayList<>();
        if (definition.arity() == 2
                && definition.get(0) instanceof Atom name
                && definition.get(1) instanceof ListTerm(List<Term> elements)) {
            for (Term element : elements) {
                Atom field = field(element);
                if (field == null) {
                    return RecordDefinitions.NONE;
                }
                fields.add(field);
            }
            return RecordDefinitions.of(name, fields);
        }
        return RecordDefinitions.NONE;
    }

    private static @Nullable Atom field(Term element) {
        if (element instanceof Tuple typed && typed.is(TYPED_RECORD_FIELD, 3)) {
            return typed.get(1) instanceof Tuple ? field(typed.get(1)) : null;
        }
        return element instanceof Tuple field
                        && (field.is(RECORD_FIELD, 3) || field.is(RECORD_FIELD, 4))
                        && field.get(2) instanceof Tuple literal
                        && literal.arity() == 3
                        && literal.get(2) instanceof Atom name
                ? name
                : null;
    }
}
