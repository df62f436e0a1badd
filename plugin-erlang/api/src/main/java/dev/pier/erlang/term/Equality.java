package dev.pier.erlang.term;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares containers as `=:=` does. Works without recursion, because terms can be nested deeper than a thread's
/// stack. Only the keys of maps are compared with `equals`, and their nesting is limited. Identical objects are not
/// compared in depth, because terms are often shared.
@SuppressWarnings("ReferenceEquality")
final class Equality {
    private record Pending(
            Iterator<Term> left,
            Iterator<Term> right,
            @Nullable Pending next) {}

    private @Nullable Pending pending;

    private Equality() {}

    static boolean equal(Term left, @Nullable Object right) {
        return left == right || (right instanceof Term other && new Equality().run(left, other));
    }

    private boolean run(Term left, Term right) {
        boolean equal = begin(left, right);
        while (equal && pending != null) {
            if (pending.left.hasNext()) {
                equal = begin(pending.left.next(), pending.right.next());
            } else {
                pending = pending.next;
            }
        }
        return equal;
    }

    /// Whether the two may be equal: they are equal if all parts that this adds to the pending ones are.
    private boolean begin(Term left, Term right) {
        if (left == right) {
            return true;
        }
        return switch (left) {
            case Tuple(List<Term> elements) -> right instanceof Tuple(List<Term> others) && parts(elements, others);
            case ListTerm(List<Term> elements) ->
                right instanceof ListTerm(List<Term> others) && lists(elements, others);
            case ImproperList(List<Term> elements, Term tail) ->
                right instanceof ImproperList(List<Term> others, Term otherTail)
                        && parts(List.of(tail), List.of(otherTail))
                        && parts(elements, others);
            case MapTerm map -> right instanceof MapTerm other && maps(map, other);
            case RecordTerm(Atom module, Atom name, boolean exported, List<Atom> fields, List<Term> values) ->
                right instanceof RecordTerm other
                        && exported == other.exported()
                        && name.equals(other.name())
                        && module.equals(other.module())
                        && fields.equals(other.fields())
                        && parts(values, other.values());
            case LocalFun fun -> right instanceof LocalFun other && funs(fun, other);
            default -> left.equals(right);
        };
    }

    private boolean parts(List<Term> left, List<Term> right) {
        if (left.size() != right.size()) {
            return false;
        }
        if (!left.isEmpty() && left != right) {
            pending = new Pending(left.iterator(), right.iterator(), pending);
        }
        return true;
    }

    private boolean lists(List<Term> left, List<Term> right) {
        if (left instanceof ByteList bytes) {
            return right instanceof ByteList others && bytes.bytes().equals(others.bytes());
        }
        return !(right instanceof ByteList) && parts(left, right);
    }

    private boolean maps(MapTerm left, MapTerm right) {
        if (left.size() != right.size()) {
            return false;
        }
        Pairs pairs = Pairs.copyOf(left.entries());
        Pairs others = Pairs.copyOf(right.entries());
        var values = new ArrayList<Term>(left.size());
        var otherValues = new ArrayList<Term>(left.size());
        for (int i = 0; i < left.size(); i++) {
            Term value = others.valueAtKeyOf(pairs, i);
            if (value == null) {
                return false;
            }
            values.add(pairs.flat().get(2 * i + 1));
            otherValues.add(value);
        }
        return parts(values, otherValues);
    }

    private boolean funs(LocalFun left, LocalFun right) {
        return left.index() == right.index()
                && left.arity() == right.arity()
                && left.oldIndex() == right.oldIndex()
                && left.oldUnique() == right.oldUnique()
                && left.unique().equals(right.unique())
                && left.module().equals(right.module())
                && left.creator().equals(right.creator())
                && parts(left.free(), right.free());
    }
}
