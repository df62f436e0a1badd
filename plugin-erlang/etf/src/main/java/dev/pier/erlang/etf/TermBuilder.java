package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.LocalFun;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.RecordTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Builds one term from its parts, without recursion. For one thread and one term.
///
/// Finished terms wait on one stack until the last part of the container around them has been read. So allocation
/// follows the bytes that were read, never a claimed arity. Otherwise a thousand nested lists that each claim the
/// rest of the frame would take a thousand times the frame.
final class TermBuilder {
    private static final int FIRST_CAPACITY = 16;

    private enum Kind {
        TUPLE,
        LIST,
        MAP,
        RECORD,
        FUN
    }

    /// A container whose parts are not all read.
    private static final class Open {
        final @Nullable Open around;
        final Kind kind;
        /// Where the container's parts begin on the stack.
        final int base;

        /// The part of a fun or of a record before its parts.
        final @Nullable Head head;

        int missing;

        Open(@Nullable Open around, Kind kind, int base, int missing, @Nullable Head head) {
            this.around = around;
            this.kind = kind;
            this.base = base;
            this.missing = missing;
            this.head = head;
        }
    }

    private sealed interface Head {}

    /// The part of a record before its values.
    private record RecordHead(Atom module, Atom name, boolean exported, List<Atom> fields) implements Head {}

    /// The part of a fun before its free variables.
    private record FunHead(
            Atom module, int arity, Binary unique, int index, long oldIndex, long oldUnique, Pid creator, int end)
            implements Head {
        LocalFun with(List<Term> free) {
            return new LocalFun(module, arity, unique, index, oldIndex, oldUnique, creator, free);
        }
    }

    private final EtfInput in;
    private Term[] parts = new Term[FIRST_CAPACITY];
    private int top;
    private @Nullable Open open;

    TermBuilder(EtfInput in) {
        this.in = in;
    }

    Term build() {
        while (true) {
            Term term = next();
            while (term != null) {
                if (open == null) {
                    return term;
                }
                push(term);
                term = --open.missing == 0 ? close(open) : null;
            }
        }
    }

    /// Reads one scalar, or the head of a container, in which case there is no term yet.
    private @Nullable Term next() {
        int tag = in.peek1();
        if (open != null && open.kind == Kind.LIST && open.missing == 1 && (tag == Tag.LIST || tag == Tag.STRING)) {
            in.read1();
            return continueInTail(open, tag);
        }
        if (TermScalars.isScalar(tag)) {
            return TermScalars.decode(in);
        }
        in.read1();
        return switch (tag) {
            case Tag.SMALL_TUPLE -> tuple(in.read1());
            case Tag.LARGE_TUPLE -> tuple(in.arity(1));
            case Tag.LIST -> open(Kind.LIST, in.arity(1) + 1, null);
            case Tag.MAP -> {
                int pairs = in.arity(2);
                yield pairs == 0 ? MapTerm.EMPTY : open(Kind.MAP, pairs * 2, null);
            }
            case Tag.RECORD -> record();
            default -> fun();
        };
    }

    private @Nullable Term tuple(int arity) {
        if (arity > Tuple.MAX_ARITY) {
            throw new MalformedTerm("a tuple of " + arity + " elements before byte " + in.position() + " (at most "
                    + Tuple.MAX_ARITY + ")");
        }
        return arity == 0 ? Tuple.EMPTY : open(Kind.TUPLE, arity, null);
    }

    private @Nullable Term record() {
        RecordHead head = recordHead();
        return head.fields.isEmpty() ? record(head, List.of()) : open(Kind.RECORD, head.fields.size(), head);
    }

    private RecordHead recordHead() {
        // Each field takes two bytes for its name and one for its value, at least.
        int count = in.arity(3);
        boolean exported = TermDecoder.decodeExported(in);
        Atom module = TermDecoder.decodeAtom(in);
        Atom name = TermDecoder.decodeAtom(in);
        List<Atom> fields = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fields.add(TermDecoder.decodeAtom(in));
        }
        return new RecordHead(module, name, exported, fields);
    }

    private Term record(RecordHead head, List<Term> values) {
        try {
            return new RecordTerm(head.module, head.name, head.exported, head.fields, values);
        } catch (IllegalArgumentException e) {
            throw new MalformedTerm("before byte " + in.position() + ": " + e.getMessage(), e);
        }
    }

    private @Nullable Term fun() {
        int start = in.position();
        int size = in.read4();
        int arity = in.read1();
        Binary unique = TermScalars.bytes(in, 16);
        int index = in.read4();
        int free = in.arity(1);
        Atom module = TermDecoder.decodeAtom(in);
        long oldIndex = TermDecoder.decodeLong(in);
        long oldUnique = TermDecoder.decodeLong(in);
        Pid creator = TermDecoder.decodePid(in);
        var head = new FunHead(module, arity, unique, index, oldIndex, oldUnique, creator, start + size);
        return free == 0 ? fun(head, List.of()) : open(Kind.FUN, free, head);
    }

    private @Nullable Term open(Kind kind, int missing, @Nullable Head head) {
        in.enter();
        open = new Open(open, kind, top, missing, head);
        return null;
    }

    /// A list in the tail of a list is the rest of that list, not one level deeper.
    private @Nullable Term continueInTail(Open list, int tag) {
        if (tag == Tag.LIST) {
            list.missing = in.arity(1) + 1;
            return null;
        }
        ListTerm.ofBytes(TermScalars.bytes(in, in.read2())).elements().forEach(this::push);
        return ListTerm.EMPTY;
    }

    private Term close(Open finished) {
        in.leave();
        Term term = switch (finished.kind) {
            case TUPLE -> new Tuple(from(finished.base, top));
            case LIST -> list(finished.base);
            case MAP -> map(finished.base);
            case RECORD, FUN -> close(finished.head, from(finished.base, top));
        };
        top = finished.base;
        open = finished.around;
        return term;
    }

    private Term list(int base) {
        Term tail = parts[top - 1];
        List<Term> elements = from(base, top - 1);
        if (elements.isEmpty()) {
            // Erlang reads a list without elements as its tail.
            return tail;
        }
        return tail.equals(ListTerm.EMPTY) ? new ListTerm(elements) : new ImproperList(elements, tail);
    }

    private Term map(int base) {
        try {
            return MapTerm.ofPairs(Arrays.copyOfRange(parts, base, top));
        } catch (IllegalArgumentException e) {
            throw new MalformedTerm("before byte " + in.position() + ": " + e.getMessage(), e);
        }
    }

    private Term close(@Nullable Head head, List<Term> parts) {
        return switch (head) {
            case RecordHead record -> record(record, parts);
            case FunHead fun -> fun(fun, parts);
            case null -> throw new IllegalStateException("a fun or a record without a head");
        };
    }

    private Term fun(FunHead head, List<Term> free) {
        if (in.position() != head.end) {
            throw new MalformedTerm("a fun ends at byte " + in.position() + ", which contradicts its size");
        }
        return head.with(free);
    }

    /// Most containers have few parts, and a list made of an array would copy them once more.
    private List<Term> from(int start, int end) {
        return switch (end - start) {
            case 0 -> List.of();
            case 1 -> List.of(parts[start]);
            case 2 -> List.of(parts[start], parts[start + 1]);
            case 3 -> List.of(parts[start], parts[start + 1], parts[start + 2]);
            case 4 -> List.of(parts[start], parts[start + 1], parts[start + 2], parts[start + 3]);
            default -> List.of(Arrays.copyOfRange(parts, start, end));
        };
    }

    private void push(Term term) {
        if (top == parts.length) {
            parts = Arrays.copyOf(parts, top * 2);
        }
        parts[top++] = term;
    }
}
