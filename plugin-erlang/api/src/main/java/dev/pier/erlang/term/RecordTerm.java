package dev.pier.erlang.term;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A native record, which Erlang has since OTP 29: `#people:user{id = 1,name = <<"joe">>}`. The records of earlier
/// releases, defined in `.hrl` files, are tuples.
///
/// Two native records are equal if all their parts are, the order of the fields and `exported` included. SEEN: OTP
/// 29.
///
/// @param module where the record is defined
/// @param exported whether modules other than that one may use its fields
/// @param fields the names of the fields, in the order of the definition
/// @param values the value of each field
public record RecordTerm(Atom module, Atom name, boolean exported, List<Atom> fields, List<Term> values)
        implements Term {
    /// Up to this many fields, comparing each one is faster than hashing.
    private static final int FEW = 8;

    /// @throws IllegalArgumentException if a field is repeated, or there is not one value for each
    public RecordTerm {
        fields = List.copyOf(fields);
        values = List.copyOf(values);
        if (fields.size() != values.size()) {
            throw new IllegalArgumentException(
                    "a record of " + fields.size() + " fields has " + values.size() + " values");
        }
        if (!areDistinct(fields)) {
            throw new IllegalArgumentException("a field of the record " + module + ":" + name + " is repeated");
        }
    }

    private static boolean areDistinct(List<Atom> fields) {
        if (fields.size() > FEW) {
            return new HashSet<>(fields).size() == fields.size();
        }
        for (int i = 1; i < fields.size(); i++) {
            if (fields.subList(0, i).contains(fields.get(i))) {
                return false;
            }
        }
        return true;
    }

    /// How many fields the record has.
    public int size() {
        return fields.size();
    }

    /// The value of a field; empty if the record has no such field.
    public Optional<Term> get(Atom field) {
        int index = fields.indexOf(field);
        return index < 0 ? Optional.empty() : Optional.of(values.get(index));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return Equality.equal(this, other);
    }

    @Override
    public int hashCode() {
        return Hash.of(this);
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
