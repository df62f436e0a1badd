package dev.pier.erlang.link;

import dev.pier.erlang.dist.NodeName;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The names of the nodes that may connect. They need the cookie as well, because a peer only claims its name.
///
/// @param patterns node names in which `*` matches any characters
public record AllowedNodes(List<String> patterns) {
    public static final AllowedNodes ALL = new AllowedNodes(List.of("*"));

    public AllowedNodes {
        patterns = List.copyOf(patterns);
    }

    public boolean allows(NodeName name) {
        return patterns.stream().anyMatch(pattern -> matches(pattern, name.toString()));
    }

    private static boolean matches(String pattern, String name) {
        String regex = Pattern.compile("*", Pattern.LITERAL)
                .splitAsStream(pattern + " ")
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return (name + " ").matches(regex);
    }
}
