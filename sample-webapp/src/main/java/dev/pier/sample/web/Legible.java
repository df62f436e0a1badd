package dev.pier.sample.web;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import java.util.Optional;
import java.util.OptionalInt;

/// Formats terms for people: binaries in UTF-8, lists of code points and atoms as plain text, any other term as Erlang
/// prints it.
public final class Legible {
    private Legible() {}

    public static String of(Term term) {
        return switch (term) {
            case Atom(String name) -> name;
            case Binary binary -> binary.utf8().orElseGet(binary::toString);
            case ListTerm list when list.size() > 0 -> text(list).orElseGet(list::toString);
            default -> term.toString();
        };
    }

    private static Optional<String> text(ListTerm list) {
        StringBuilder text = new StringBuilder();
        for (Term element : list.elements()) {
            OptionalInt character = character(element);
            if (character.isEmpty()) {
                return Optional.empty();
            }
            text.appendCodePoint(character.getAsInt());
        }
        return Optional.of(text.toString());
    }

    private static OptionalInt character(Term element) {
        return element instanceof IntegerTerm(long value) && value == (int) value && isText((int) value)
                ? OptionalInt.of((int) value)
                : OptionalInt.empty();
    }

    private static boolean isText(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL -> Character.isWhitespace(character);
            case Character.UNASSIGNED, Character.SURROGATE -> false;
            default -> Character.isValidCodePoint(character);
        };
    }
}
