package dev.pier.server.plugin;

import dev.pier.server.config.Section;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The host names that a mount or an application serves.
///
/// *Threads.* Immutable.
///
/// @param names in lower case: `shop.example`, or `*.shop.example`, whose star stands for one label; empty for all
///     hosts
public record Hosts(Set<String> names) {
    /// All hosts.
    public static final Hosts ALL = new Hosts(Set.of());

    private static final Pattern NAME = Pattern.compile("(\\*\\.)?[a-z0-9.-]+|\\[[0-9a-f:.]+]");

    /// How a host matches, from the weakest to the strongest.
    public enum Match {
        /// The host is not served.
        NONE,
        /// All hosts are served.
        ALL,
        /// A name with a star matches.
        WILDCARD,
        /// The host is named.
        EXACT
    }

    public Hosts {
        names = Set.copyOf(names);
    }

    /// Reads the list `hosts` of a section. A name of another form is reported as a problem.
    public static Hosts read(Section section) {
        Set<String> names = new TreeSet<>();
        for (String host : section.strings("hosts")) {
            String name = host.toLowerCase(Locale.ROOT);
            if (!NAME.matcher(name).matches()) {
                section.problem(
                        "hosts",
                        "'" + host
                                + "' is not a host name: expected \"shop.example\" or \"*.shop.example\", without a port");
            }
            names.add(name);
        }
        return new Hosts(names);
    }

    /// How a host matches.
    ///
    /// @param host of a request, without the port, in any case; with or without a dot at its end
    public Match match(@Nullable String host) {
        if (names.isEmpty()) {
            return Match.ALL;
        }
        if (host == null) {
            return Match.NONE;
        }
        String lower = host.toLowerCase(Locale.ROOT);
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        if (names.contains(name)) {
            return Match.EXACT;
        }
        int dot = name.indexOf('.');
        return dot > 0 && names.contains("*" + name.substring(dot)) ? Match.WILDCARD : Match.NONE;
    }

    /// A host that both serve with the same rank, so that neither has precedence: a name, or `all hosts`.
    /// Empty if each request has one of the two that comes first.
    public Optional<String> conflict(Hosts other) {
        if (names.isEmpty() || other.names.isEmpty()) {
            return names.equals(other.names) ? Optional.of("all hosts") : Optional.empty();
        }
        return names.stream().filter(other.names::contains).sorted().findFirst();
    }
}
