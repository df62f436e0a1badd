package dev.pier.erlang.term;

/// A float. Always finite, because Erlang has neither NaN nor infinities.
public record FloatTerm(double value) implements Term {
    /// @throws IllegalArgumentException for NaN and infinities
    public FloatTerm {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(value + " has no Erlang form");
        }
    }

    @Override
    public int hashCode() {
        return Hash.of(Double.doubleToLongBits(value));
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
