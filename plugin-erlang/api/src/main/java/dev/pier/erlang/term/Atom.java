package dev.pier.erlang.term;

import java.util.Objects;

/// An atom, at most 255 code points long, as in Erlang.
///
/// Hazard: an Erlang node never frees an atom, and its atom table is limited. Make atoms of names that the program
/// fixes, never of data.
public record Atom(String name) implements Term, Comparable<Atom> {
    public static final int MAX_CODE_POINTS = 255;

    public static final Atom TRUE = new Atom("true");
    public static final Atom FALSE = new Atom("false");
    public static final Atom OK = new Atom("ok");
    public static final Atom ERROR = new Atom("error");
    public static final Atom UNDEFINED = new Atom("undefined");
    /// The atom `''`, which fills unused fields of the protocol.
    public static final Atom EMPTY = new Atom("");

    /// @throws IllegalArgumentException if the name is longer than 255 code points, or has a lone surrogate
    public Atom {
        Objects.requireNonNull(name, "name");
        if (name.length() > MAX_CODE_POINTS && name.codePointCount(0, name.length()) > MAX_CODE_POINTS) {
            throw new IllegalArgumentException("an atom has at most 255 characters, this one has "
                    + name.codePointCount(0, name.length()) + ": " + name.substring(0, 40) + "…");
        }
        Text.requireNoLoneSurrogate(name);
    }

    public static Atom of(String name) {
        return new Atom(name);
    }

    public static Atom of(boolean value) {
        return value ? TRUE : FALSE;
    }

    /// By code points, the order in which Erlang compares atoms.
    @Override
    public int compareTo(Atom other) {
        return Text.compareCodePoints(name, other.name);
    }

    @Override
    public int hashCode() {
        return Hash.of(name);
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
