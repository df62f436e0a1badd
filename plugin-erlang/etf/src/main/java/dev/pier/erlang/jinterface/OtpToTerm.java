package dev.pier.erlang.jinterface;

import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangBitstr;
import com.ericsson.otp.erlang.OtpErlangDouble;
import com.ericsson.otp.erlang.OtpErlangExternalFun;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangMap;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangPid;
import com.ericsson.otp.erlang.OtpErlangPort;
import com.ericsson.otp.erlang.OtpErlangRef;
import com.ericsson.otp.erlang.OtpErlangString;
import com.ericsson.otp.erlang.OtpErlangTuple;
import com.ericsson.otp.erlang.OtpOutputStream;
import dev.pier.erlang.BadArgument;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Bitstring;
import dev.pier.erlang.term.ExternalFun;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Converts JInterface's objects to terms. Local funs do not expose their parts, and classes of applications are
/// unknown; both are converted through their encoded form. Stateless.
final class OtpToTerm extends TreeMapper<OtpErlangObject, Term> {
    @Override
    List<OtpErlangObject> parts(OtpErlangObject object) {
        return switch (object) {
            case OtpErlangTuple tuple -> List.of(tuple.elements());
            case OtpErlangList list -> {
                List<OtpErlangObject> parts = new ArrayList<>(List.of(list.elements()));
                if (list.getLastTail() != null) {
                    parts.add(list.getLastTail());
                }
                yield parts;
            }
            case OtpErlangMap map -> {
                List<OtpErlangObject> parts = new ArrayList<>(2 * map.arity());
                for (Map.Entry<OtpErlangObject, OtpErlangObject> entry : map.entrySet()) {
                    parts.add(entry.getKey());
                    parts.add(entry.getValue());
                }
                yield parts;
            }
            default -> List.of();
        };
    }

    @Override
    Term build(OtpErlangObject object, List<Term> parts) {
        try {
            return switch (object) {
                case OtpErlangAtom atom -> Atom.of(atom.atomValue());
                case OtpErlangLong integer ->
                    integer.isLong() ? IntegerTerm.of(integer.longValue()) : IntegerTerm.of(integer.bigIntegerValue());
                case OtpErlangDouble number -> new FloatTerm(number.doubleValue());
                case OtpErlangBitstr bits -> bits(bits);
                case OtpErlangString string -> string(string);
                case OtpErlangTuple _ -> new Tuple(parts);
                case OtpErlangList list -> list(list, parts);
                case OtpErlangMap _ -> MapTerm.ofPairs(parts.toArray(Term[]::new));
                case OtpErlangPid pid -> new Pid(Atom.of(pid.node()), pid.id(), pid.serial(), pid.creation());
                case OtpErlangPort port -> new Port(Atom.of(port.node()), port.id(), port.creation());
                case OtpErlangRef reference ->
                    new Reference(Atom.of(reference.node()), reference.creation(), reference.ids());
                case OtpErlangExternalFun fun -> new ExternalFun(Atom.of(fun.module), Atom.of(fun.function), fun.arity);
                default -> encoded(object);
            };
        } catch (IllegalArgumentException e) {
            throw new BadArgument(object.getClass().getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    private static Term bits(OtpErlangBitstr bits) {
        Binary bytes = Binary.of(bits.binaryValue());
        return bits.pad_bits() == 0 ? bytes : new Bitstring(bytes, Byte.SIZE - bits.pad_bits());
    }

    private static Term string(OtpErlangString string) {
        return new ListTerm(string.stringValue()
                .codePoints()
                .<Term>mapToObj(IntegerTerm::of)
                .toList());
    }

    private static Term list(OtpErlangList list, List<Term> parts) {
        if (list.getLastTail() == null) {
            return new ListTerm(parts);
        }
        List<Term> elements = parts.subList(0, parts.size() - 1);
        return switch (parts.getLast()) {
            case ListTerm(List<Term> more) -> new ListTerm(joined(elements, more));
            case ImproperList(List<Term> more, Term tail) -> new ImproperList(joined(elements, more), tail);
            case Term tail -> new ImproperList(elements, tail);
        };
    }

    private static List<Term> joined(List<Term> first, List<Term> more) {
        List<Term> all = new ArrayList<>(first);
        all.addAll(more);
        return all;
    }

    private static Term encoded(OtpErlangObject object) {
        OtpOutputStream out = new OtpOutputStream();
        object.encode(out);
        try {
            return EncodedTerm.of(out.toByteArray()).decode(DecodeLimits.DEFAULT);
        } catch (MalformedTerm e) {
            throw new BadArgument(object.getClass().getName() + " has no encoded form: " + e.getMessage(), e);
        }
    }
}
