package dev.pier.erlang.dist;

import dev.pier.erlang.term.Atom;
import org.jspecify.annotations.Nullable;

/// The name of a node, `alive@host`, in visible ASCII.
///
/// Erlang accepts other characters in some places, but encodes them as Latin-1 in the handshake and as UTF-8 for EPMD,
/// so such a name does not identify one node everywhere.
///
/// @param alive the part that EPMD knows
/// @param host a host name or an address, exactly as the peers write it: nodes compare names character by character
public record NodeName(String alive, String host) {
    private static final int MAX_LENGTH = Atom.MAX_CODE_POINTS;

    /// @throws IllegalArgumentException if it is not a valid name
    public NodeName {
        // Each message to another node parses its name: nothing is allocated for a valid one.
        String problem = problem(alive, host);
        if (problem != null) {
            throw invalid(alive + '@' + host, problem);
        }
    }

    /// @throws IllegalArgumentException if it is not a valid name
    public static NodeName parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            throw invalid(text, "it has no host (expected name@host)");
        }
        return new NodeName(text.substring(0, at), text.substring(at + 1));
    }

    /// The name as a term.
    public Atom atom() {
        return Atom.of(toString());
    }

    @Override
    public String toString() {
        return alive + '@' + host;
    }

    private static boolean visible(int c) {
        return c > ' ' && c < 0x7f;
    }

    private static @Nullable String problem(String alive, String host) {
        if (alive.isEmpty()) {
            return "it has no name before the @";
        }
        if (host.isEmpty()) {
            return "it has no host after the @";
        }
        if (alive.length() + 1 + host.length() > MAX_LENGTH) {
            return "it is longer than " + MAX_LENGTH + " characters";
        }
        if (alive.indexOf('@') >= 0 || host.indexOf('@') >= 0) {
            return "it has more than one @";
        }
        return isVisible(alive) && isVisible(host) ? null : "it has a character that is not visible ASCII";
    }

    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!visible(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static IllegalArgumentException invalid(String name, String problem) {
        return new IllegalArgumentException("invalid node name " + quoted(name) + ": " + problem);
    }

    /// Shortened and without line breaks, because names from peers go into log lines.
    private static String quoted(String name) {
        StringBuilder quoted = new StringBuilder("'");
        name.chars().limit(MAX_LENGTH + 1L).forEach(c -> quoted.append(visible(c) || c == ' ' ? (char) c : '?'));
        return quoted.append(name.length() > MAX_LENGTH + 1 ? "…'" : "'").toString();
    }
}
