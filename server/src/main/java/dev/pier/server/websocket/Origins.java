package dev.pier.server.websocket;

import dev.pier.server.config.Section;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The origins of pages that may open sockets: that of the server itself, and those that the operator lists.
///
/// A browser sends cookies with a handshake from any page, so that a foreign page would act as the user. Programs that
/// are not browsers send no `Origin`, and are accepted; they could send any.
///
/// SPEC: RFC 6455, section 10.2; RFC 6454, section 7
///
/// @param listed in lower case, with port
/// @param any whether each origin is accepted
record Origins(Set<String> listed, boolean any) {
    private static final String KEY = "origins";
    private static final String ANY = "*";

    private static final Pattern ORIGIN =
            Pattern.compile("(https?)://([a-z0-9._~-]+|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?");

    Origins {
        listed = Set.copyOf(listed);
    }

    static Origins read(Section section) {
        List<String> texts = section.strings(KEY);
        Set<String> listed = new HashSet<>();
        for (String text : texts) {
            Optional<String> origin = canonical(text);
            if (origin.isPresent()) {
                listed.add(origin.get());
            } else if (!text.equals(ANY)) {
                section.problem(
                        KEY,
                        "invalid origin \"" + text + "\": expected https://host, https://host:port, http://… or *,"
                                + " without a path");
            }
        }
        return new Origins(listed, texts.contains(ANY));
    }

    /// An origin with its port; empty if the text is not an origin.
    private static Optional<String> canonical(String text) {
        Matcher matcher = ORIGIN.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String scheme = matcher.group(1);
        String port = matcher.group(3) == null ? (scheme.equals("https") ? "443" : "80") : matcher.group(3);
        return Optional.of(scheme + "://" + matcher.group(2) + ":" + port);
    }

    /// The refusal of a request whose page may not open a socket; empty if it may.
    Optional<Refusal> refuse(HttpServletRequest request) {
        String origin = request.getHeader("Origin");
        if (origin == null || any) {
            return Optional.empty();
        }
        String server = (request.getScheme() + "://" + request.getServerName() + ":" + request.getServerPort())
                .toLowerCase(Locale.ROOT);
        Optional<String> canonical = canonical(origin);
        if (canonical.filter(it -> it.equals(server) || listed.contains(it)).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(Refusal.origin("it is not that of this server, " + server
                + ", nor in the list (websocket.origins; behind a proxy also http.trust-forwarded)"));
    }
}
