package dev.pier.sample.console;

import dev.pier.sample.web.BadRequest;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The functions that clients may call, listed by full name, without patterns. A module or function name becomes an
/// atom on the peer, whose atom table never shrinks, so no unlisted name is ever sent.
public final class AllowedFunctions {
    /// The context parameter with the list.
    public static final String PARAMETER = "pier.sample.allowed";

    static final AllowedFunctions NONE = new AllowedFunctions(Set.of());

    private static final Pattern ENTRY = Pattern.compile("[a-z][a-zA-Z0-9_@]*:[a-z][a-zA-Z0-9_@]*");

    private final Set<String> functions;

    private AllowedFunctions(Set<String> functions) {
        this.functions = functions;
    }

    /// Reads the list from the application's context parameter.
    static AllowedFunctions of(ServletContext context) throws ServletException {
        try {
            return parse(context.getInitParameter(PARAMETER));
        } catch (IllegalArgumentException e) {
            throw new ServletException(PARAMETER + ": " + e.getMessage(), e);
        }
    }

    /// @param text entries such as `lists:reverse`, separated by white space
    static AllowedFunctions parse(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return NONE;
        }
        return new AllowedFunctions(Stream.of(text.strip().split("\\s+"))
                .peek(AllowedFunctions::requireForm)
                .collect(Collectors.toUnmodifiableSet()));
    }

    private static void requireForm(String entry) {
        if (!ENTRY.matcher(entry).matches()) {
            throw new IllegalArgumentException(entry + " does not have the form module:function");
        }
    }

    /// @param function as listed: `module:function`
    /// @throws BadRequest if the function is not listed
    void check(String function) throws BadRequest {
        if (!functions.contains(function)) {
            throw new BadRequest(403, function + " is not on the list of allowed functions");
        }
    }

    /// All entries, sorted by name.
    List<String> all() {
        return functions.stream().sorted().toList();
    }
}
