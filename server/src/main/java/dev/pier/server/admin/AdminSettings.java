package dev.pier.server.admin;

import dev.pier.server.config.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The section `admin { … }`: the admin port.
///
/// @param port 0 for any free port
/// @param names the names beside `host` and those of the loopback address under which clients may ask
/// @param tokenFile the file with the token of operations; null without operations
public record AdminSettings(
        String host, int port, List<String> names, @Nullable Path tokenFile) {
    public static AdminSettings read(Section section) {
        String host = section.string("host", "127.0.0.1");
        @Nullable Path tokenFile = section.path("token-file").orElse(null);
        List<String> names = section.strings("names");
        // A name has its address at the start only.
        if (tokenFile == null
                && AllowedNames.literal(host)
                        .filter(it -> !it.isLoopbackAddress())
                        .isPresent()) {
            section.problem("host", beyondLoopback(host));
        }
        return new AdminSettings(
                host,
                section.integer("port", 9990, 0, 65_535),
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList(),
                tokenFile);
    }

    /// The problem with a host beyond the loopback address if there is no token.
    static String beyondLoopback(String host) {
        return "other machines reach the admin port on " + host
                + ", so it needs a token: set admin.token-file, or use a loopback address";
    }
}
