package dev.pier.sample.console;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The functions that clients may call: whole names only, no patterns. A module or function name becomes an atom on
/// the peer, whose table of atoms never shrinks, so no name may come from a client.
public final class AllowedFunctions {
    /// The context parameter that lists them.
    public static final String PARAMETER = "pier.sample.allowed";

    static final AllowedFunctions NONE = new AllowedFunctions(Set.of());

    private static final Pattern ENTRY = Pattern.compile("[a-z][a-zA-Z0-9_@]*:[a-z][a-zA-Z0-9_@]*");

    private final Set<String> functions;

    private AllowedFunctions(Set<String> functions) {
        this.functions = functions;
    }

    /// Those of the application's configuration.
    static AllowedFunctions of(ServletContext context) throws ServletException {
        try {
            return parse(context.getInitParameter(PARAMETER));
        } catch (IllegalArgumentException e) {
            throw new ServletException(PARAMETER + ": " + e.getMessage(), e);
        }
    }

    /// @param text entries such as `lists:reverse`, with white space between
    static AllowedFunctions parse(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return NONE;
        }
        return new AllowedFunctions(Stream.of(text.strip().split("\\s+"))
                .peek(AllowedFunctions::check)
                .collect(Collectors.toUnmodifiableSet()));
    }

    private static void check(String entry) {
        if (!ENTRY.matcher(entry).matches()) {
            throw new IllegalArgumentException(entry + " is not of the form module:function");
        }
    }

    boolean contains(String module, String function) {
        return functions.contains(module + ":" + function);
    }

    /// All of them, sorted by name.
    List<String> all() {
        return functions.stream().sorted().toList();
    }
}
