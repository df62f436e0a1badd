package dev.pier.erlang.link;

import dev.pier.erlang.dist.NodeName;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which nodes may connect, by name. The cookie is asked for all the same: a name is only claimed.
///
/// @param patterns node names in which `*` stands for any characters
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
