package dev.pier.erlang.term;

import java.util.Arrays;

/// A reference: unique during the life of its node; also the address of an alias. Immutable.
public final class Reference implements Term {
    public static final int MAX_WORDS = 5;

    private final Atom node;
    private final int creation;
    private final int[] words;

    /// @param words 1 to 5 unsigned words, least significant first, as on the wire
    public Reference(Atom node, int creation, int... words) {
        if (words.length < 1 || words.length > MAX_WORDS) {
            throw new IllegalArgumentException("a reference has 1 to 5 words, not " + words.length);
        }
        this.node = node;
        this.creation = creation;
        this.words = words.clone();
    }

    public Atom node() {
        return node;
    }

    public int creation() {
        return creation;
    }

    public int wordCount() {
        return words.length;
    }

    public int word(int index) {
        return words[index];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Reference that
                && creation == that.creation
                && Arrays.equals(words, that.words)
                && node.equals(that.node);
    }

    @Override
    public int hashCode() {
        return Hash.of(node, creation, words);
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
