package dev.pier.erlang.etf;

import dev.pier.erlang.JsonText;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.internal.TermCodec;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Fun;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.RecordTerm;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.List;
import java.util.Set;

/// The codec of [Term#encode()], [Term#decode(byte\[\])] and [Term#decodeSafe]. Found as a service. Stateless.
public final class EtfTermCodec implements TermCodec<Term> {
    private static final DecodeLimits SAFE = new DecodeLimits(100, 1 << 20, 1000, 100_000);
    private static final Atom UNDEFINED = Atom.of("undefined");
    private static final int FIRST_CAPACITY = 64;

    @Override
    public byte[] encode(Term term) {
        return TermEncoder.encodeExternal(term);
    }

    @Override
    public Term decode(byte[] bytes) {
        return TermDecoder.decodeExternal(bytes, DecodeLimits.DEFAULT);
    }

    @Override
    public Term decodeSafe(byte[] bytes, Set<? extends Term> atoms) {
        Term term = TermDecoder.decodeExternal(bytes, SAFE);
        check(term, atoms);
        return term;
    }

    @Override
    public Term readJson(String json) {
        byte[] utf8 = JsonText.of(json).utf8();
        return readJson(
                utf8,
                new JsonLimits(Math.max(1, utf8.length), JsonLimits.DEFAULT.depth(), JsonLimits.DEFAULT.digits()));
    }

    @Override
    public Term readJson(byte[] utf8, int maxBytes, int maxDepth, int maxDigits) {
        return readJson(utf8, new JsonLimits(maxBytes, maxDepth, maxDigits));
    }

    private static Term readJson(byte[] utf8, JsonLimits limits) {
        var out = new EtfOutput(utf8.length + FIRST_CAPACITY);
        JsonReader.read(utf8, limits, UNDEFINED, out);
        // A term that has been read is within the limits already.
        return new EncodedTerm(out.array(), 0, out.size(), new Atom[0])
                .decode(new DecodeLimits(limits.depth(), Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    /// Recursive: the limit of depth bounds it.
    private static void check(Term term, Set<? extends Term> atoms) {
        switch (term) {
            case Atom atom -> known(atom, atoms);
            case Fun fun -> throw new MalformedTerm("a fun is not safe: " + fun.excerpt(80));
            case Pid pid -> known(pid.node(), atoms);
            case Port port -> known(port.node(), atoms);
            case Reference reference -> known(reference.node(), atoms);
            case Tuple(List<Term> elements) -> checkAll(elements, atoms);
            case ListTerm list -> {
                if (list.bytes().isEmpty()) {
                    checkAll(list.elements(), atoms);
                }
            }
            case ImproperList(List<Term> elements, Term tail) -> {
                checkAll(elements, atoms);
                check(tail, atoms);
            }
            case MapTerm map -> checkAll(map.pairs(), atoms);
            case RecordTerm record -> {
                known(record.module(), atoms);
                known(record.name(), atoms);
                checkAll(record.fields(), atoms);
                checkAll(record.values(), atoms);
            }
            default -> {
                // Numbers and binaries.
            }
        }
    }

    private static void checkAll(List<? extends Term> terms, Set<? extends Term> atoms) {
        terms.forEach(term -> check(term, atoms));
    }

    private static void known(Atom atom, Set<? extends Term> atoms) {
        if (!atom.equals(Atom.TRUE) && !atom.equals(Atom.FALSE) && !atoms.contains(atom)) {
            throw new MalformedTerm("an atom is not among the known ones: " + atom.excerpt(80));
        }
    }
}
