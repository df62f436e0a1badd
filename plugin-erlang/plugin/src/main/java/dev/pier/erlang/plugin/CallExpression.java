package dev.pier.erlang.plugin;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A call as an operator writes it: `lists:reverse([1,2,3])`. Arguments are terms; nothing in them is evaluated.
record CallExpression(String module, String function, List<Term> arguments) {
    private static final String ATOM = "[a-z][A-Za-z0-9_@]*|'(?:[^'\\\\]|\\\\.)*'";
    private static final Pattern CALL =
            Pattern.compile("\\s*(" + ATOM + ")\\s*:\\s*(" + ATOM + ")\\s*\\((.*)\\)\\s*\\.?\\s*", Pattern.DOTALL);

    /// Reads a call.
    ///
    /// @throws IllegalArgumentException if the text is no call; the message says why
    static CallExpression parse(String text) {
        Matcher matcher = CALL.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a call such as lists:reverse([1,2,3])");
        }
        return new CallExpression(name(matcher.group(1)), name(matcher.group(2)), arguments(matcher.group(3)));
    }

    private static String name(String atom) {
        return ((Atom) Term.parse(atom)).name();
    }

    private static List<Term> arguments(String text) {
        try {
            return ((ListTerm) Term.parse("[" + text + "]")).elements();
        } catch (ClassCastException _) {
            // [a|b] is a term, but (a|b) are no arguments.
            throw new IllegalArgumentException("the arguments are not terms with commas between them");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the arguments are not terms: " + e.getMessage(), e);
        }
    }
}
