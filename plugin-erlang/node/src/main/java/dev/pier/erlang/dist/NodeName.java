package dev.pier.erlang.dist;

import dev.pier.erlang.term.Atom;

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
        String name = alive + '@' + host;
        require(!alive.isEmpty(), name, "it has no name before the @");
        require(!host.isEmpty(), name, "it has no host after the @");
        require(name.length() <= MAX_LENGTH, name, "it is longer than " + MAX_LENGTH + " characters");
        require(alive.indexOf('@') < 0 && host.indexOf('@') < 0, name, "it has more than one @");
        require(name.chars().allMatch(NodeName::visible), name, "it has a character that is not visible ASCII");
    }

    /// @throws IllegalArgumentException if it is not a valid name
    public static NodeName parse(String text) {
        int at = text.indexOf('@');
        require(at >= 0, text, "it has no host (expected name@host)");
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

    private static void require(boolean valid, String name, String problem) {
        if (!valid) {
            throw new IllegalArgumentException("invalid node name " + quoted(name) + ": " + problem);
        }
    }

    /// Shortened and without line breaks, because names from peers go into log lines.
    private static String quoted(String name) {
        StringBuilder quoted = new StringBuilder("'");
        name.chars().limit(MAX_LENGTH + 1L).forEach(c -> quoted.append(visible(c) || c == ' ' ? (char) c : '?'));
        return quoted.append(name.length() > MAX_LENGTH + 1 ? "…'" : "'").toString();
    }
}
