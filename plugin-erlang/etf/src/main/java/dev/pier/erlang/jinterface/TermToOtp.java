package dev.pier.erlang.jinterface;

import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangBinary;
import com.ericsson.otp.erlang.OtpErlangBitstr;
import com.ericsson.otp.erlang.OtpErlangDouble;
import com.ericsson.otp.erlang.OtpErlangException;
import com.ericsson.otp.erlang.OtpErlangExternalFun;
import com.ericsson.otp.erlang.OtpErlangFun;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangMap;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangPid;
import com.ericsson.otp.erlang.OtpErlangPort;
import com.ericsson.otp.erlang.OtpErlangRef;
import com.ericsson.otp.erlang.OtpErlangString;
import com.ericsson.otp.erlang.OtpErlangTuple;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Bitstring;
import dev.pier.erlang.term.ExternalFun;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.LocalFun;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.RecordTerm;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Converts terms to JInterface's objects with their constructors. Stateless.
final class TermToOtp extends TreeMapper<Term, OtpErlangObject> {
    /// The maximum length of a list of bytes that Erlang sends as STRING_EXT.
    private static final int MAX_STRING = 0xffff;

    private static final int MIN_WORDS = 3;
    private static final OtpErlangObject[] NONE = {};

    @Override
    List<Term> parts(Term term) {
        return switch (term) {
            case Tuple(List<Term> elements) -> elements;
            case ListTerm list -> isString(list) ? List.of() : list.elements();
            case ImproperList(List<Term> elements, Term tail) -> {
                List<Term> parts = new ArrayList<>(elements);
                parts.add(tail);
                yield parts;
            }
            case MapTerm map -> map.pairs();
            case LocalFun fun -> fun.free();
            default -> List.of();
        };
    }

    @Override
    OtpErlangObject build(Term term, List<OtpErlangObject> parts) {
        return switch (term) {
            case Atom(String name) -> new OtpErlangAtom(name);
            case IntegerTerm(long value) -> new OtpErlangLong(value);
            case BigIntegerTerm(var value) -> new OtpErlangLong(value);
            case FloatTerm(double value) -> new OtpErlangDouble(value);
            case Binary binary -> new OtpErlangBinary(binary.toByteArray());
            case Bitstring(Binary bytes, int lastBits) ->
                new OtpErlangBitstr(bytes.toByteArray(), Byte.SIZE - lastBits);
            case Tuple _ -> new OtpErlangTuple(parts.toArray(NONE));
            case ListTerm list -> isString(list) ? string(list) : list(list, parts);
            case ImproperList _ -> improperList(parts);
            case MapTerm _ -> map(parts);
            case RecordTerm record ->
                throw new UnexpectedTerm("JInterface cannot represent a native record, got " + record.excerpt(80));
            case Pid pid -> pid(pid);
            case Port(Atom node, long id, int creation) -> new OtpErlangPort(Tag.V4_PORT, node.name(), id, creation);
            case Reference reference -> reference(reference);
            case ExternalFun(Atom module, Atom function, int arity) ->
                new OtpErlangExternalFun(module.name(), function.name(), arity);
            case LocalFun fun ->
                new OtpErlangFun(
                        pid(fun.creator()),
                        fun.module().name(),
                        fun.arity(),
                        fun.unique().toByteArray(),
                        fun.index(),
                        fun.oldIndex(),
                        fun.oldUnique(),
                        parts.toArray(NONE));
        };
    }

    /// Whether Erlang sends the list as STRING_EXT, which JInterface reads as a string.
    private static boolean isString(ListTerm list) {
        return list.size() <= MAX_STRING && list.bytes().isPresent();
    }

    private static OtpErlangString string(ListTerm list) {
        byte[] bytes = list.bytes().orElseThrow().toByteArray();
        return new OtpErlangString(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    static OtpErlangList list(ListTerm list, List<OtpErlangObject> elements) {
        return list.size() == 0 ? new OtpErlangList() : new OtpErlangList(elements.toArray(NONE));
    }

    private static OtpErlangList improperList(List<OtpErlangObject> parts) {
        int last = parts.size() - 1;
        try {
            return new OtpErlangList(parts.subList(0, last).toArray(NONE), parts.get(last));
        } catch (OtpErlangException e) {
            throw new IllegalStateException("an improper list without elements", e);
        }
    }

    private static OtpErlangMap map(List<OtpErlangObject> pairs) {
        OtpErlangMap map = new OtpErlangMap();
        for (int i = 0; i < pairs.size(); i += 2) {
            map.put(pairs.get(i), pairs.get(i + 1));
        }
        return map;
    }

    private static OtpErlangPid pid(Pid pid) {
        return new OtpErlangPid(pid.node().name(), pid.id(), pid.serial(), pid.creation());
    }

    private static OtpErlangRef reference(Reference reference) {
        int[] words = new int[reference.wordCount()];
        if (words.length < MIN_WORDS) {
            throw new UnexpectedTerm("JInterface cannot represent a reference of " + words.length + " words");
        }
        for (int i = 0; i < words.length; i++) {
            words[i] = reference.word(i);
        }
        return new OtpErlangRef(Tag.NEWER_REFERENCE, reference.node().name(), words, reference.creation());
    }
}
