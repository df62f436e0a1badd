package dev.pier.erlang.etf;

import dev.pier.erlang.BadArgument;
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
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Writes whole terms without recursion: unfinished containers are kept in a chain, innermost first. For one
/// thread.
final class TermWriter {
    private enum End {
        NOTHING,
        NIL,
        FUN_SIZE
    }

    /// A container whose head is written and whose parts are not all written.
    private static final class Open {
        final @Nullable Open around;
        final int depth;
        final List<Term> parts;
        final End end;
        /// Where the size of a fun belongs.
        final int sizeAt;
        /// The index of the next part.
        int next;

        Open(@Nullable Open around, List<Term> parts, End end, int sizeAt) {
            this.around = around;
            this.depth = around == null ? 1 : around.depth + 1;
            this.parts = parts;
            this.end = end;
            this.sizeAt = sizeAt;
        }
    }

    private final EtfOutput out;
    private @Nullable Open open;

    private TermWriter(EtfOutput out) {
        this.out = out;
    }

    static void write(Term term, EtfOutput out) {
        new TermWriter(out).write(term);
    }

    private void write(Term term) {
        begin(term);
        while (open != null) {
            if (open.next < open.parts.size()) {
                begin(open.parts.get(open.next++));
            } else {
                end(open);
            }
        }
    }

    private void end(Open finished) {
        switch (finished.end) {
            case NOTHING -> {}
            case NIL -> TermEncoder.encodeNil(out);
            case FUN_SIZE -> out.set4(finished.sizeAt, out.size() - finished.sizeAt);
        }
        open = finished.around;
    }

    private void begin(Term term) {
        switch (term) {
            case Atom atom -> TermEncoder.encodeAtom(atom, out);
            case IntegerTerm(long value) -> TermEncoder.encodeLong(value, out);
            case Binary binary -> TermEncoder.encodeBinary(binary, out);
            case Tuple(List<Term> elements) -> {
                TermEncoder.encodeTupleHeader(elements.size(), out);
                open(elements, End.NOTHING);
            }
            case ListTerm list -> list(list);
            case MapTerm map -> {
                TermEncoder.encodeMapHeader(map.size(), out);
                open(map.pairs(), End.NOTHING);
            }
            case RecordTerm record -> record(record);
            case FloatTerm(double value) -> TermEncoder.encodeDouble(value, out);
            case BigIntegerTerm(var value) -> TermEncoder.encodeBigInteger(value, out);
            case Pid pid -> TermEncoder.encodePid(pid, out);
            case Reference reference -> TermEncoder.encodeReference(reference, out);
            case Port port -> TermEncoder.encodePort(port, out);
            case Bitstring bits -> bitstring(bits);
            case ImproperList(List<Term> elements, Term tail) -> {
                TermEncoder.encodeListHeader(elements.size(), out);
                open(Stream.concat(elements.stream(), Stream.of(tail)).toList(), End.NOTHING);
            }
            case ExternalFun fun -> externalFun(fun);
            case LocalFun fun -> localFun(fun);
        }
    }

    private void open(List<Term> parts, End end) {
        open(parts, end, 0);
    }

    private void open(List<Term> parts, End end, int sizeAt) {
        var opened = new Open(open, parts, end, sizeAt);
        if (opened.depth > TermEncoder.MAX_DEPTH && !parts.isEmpty()) {
            throw new BadArgument("the term is nested deeper than " + TermEncoder.MAX_DEPTH);
        }
        open = opened;
    }

    private void record(RecordTerm record) {
        out.noteNativeRecord();
        out.write1(Tag.RECORD);
        out.write4(record.size());
        out.write1(record.exported() ? 1 : 0);
        TermEncoder.encodeAtom(record.module(), out);
        TermEncoder.encodeAtom(record.name(), out);
        for (Atom field : record.fields()) {
            TermEncoder.encodeAtom(field, out);
        }
        open(record.values(), End.NOTHING);
    }

    private void list(ListTerm list) {
        Optional<Binary> bytes = list.bytes();
        if (bytes.isPresent() && list.size() <= TermEncoder.MAX_STRING_LENGTH) {
            out.write1(Tag.STRING);
            out.write2(list.size());
            int start = out.claim(list.size());
            bytes.get().copyTo(out.array(), start);
            return;
        }
        TermEncoder.encodeListHeader(list.size(), out);
        open(list.elements(), End.NIL);
    }

    private void bitstring(Bitstring bits) {
        Binary bytes = bits.bytes();
        out.write1(Tag.BIT_BINARY);
        out.write4(bytes.size());
        out.write1(bits.lastBits());
        int start = out.claim(bytes.size());
        bytes.copyTo(out.array(), start);
    }

    private void externalFun(ExternalFun fun) {
        out.write1(Tag.EXPORT);
        TermEncoder.encodeAtom(fun.module(), out);
        TermEncoder.encodeAtom(fun.function(), out);
        TermEncoder.encodeLong(fun.arity(), out);
    }

    private void localFun(LocalFun fun) {
        out.write1(Tag.NEW_FUN);
        int sizeAt = out.claim(4);
        out.write1(fun.arity());
        int start = out.claim(fun.unique().size());
        fun.unique().copyTo(out.array(), start);
        out.write4(fun.index());
        out.write4(fun.free().size());
        TermEncoder.encodeAtom(fun.module(), out);
        TermEncoder.encodeLong(fun.oldIndex(), out);
        TermEncoder.encodeLong(fun.oldUnique(), out);
        TermEncoder.encodePid(fun.creator(), out);
        open(fun.free(), End.FUN_SIZE, sizeAt);
    }
}
