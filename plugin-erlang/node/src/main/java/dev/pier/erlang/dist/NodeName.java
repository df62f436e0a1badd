package dev.pier.erlang.dist;

import dev.pier.erlang.term.Atom;

/// A node's name, `alive@host`, both parts visible ASCII.
///
/// Erlang would take other characters in places, but writes them as Latin-1 in the handshake and as UTF-8 to EPMD;
/// so such a name never means the same node everywhere.
///
/// @param alive the part that EPMD knows
/// @param host a host name or an address, as the peers write it: nodes compare names letter by letter
public record NodeName(String alive, String host) {
    private static final int MAX_LENGTH = Atom.MAX_CODE_POINTS;

    /// @throws IllegalArgumentException with a sentence that says what is wrong
    public NodeName {
        String name = alive + '@' + host;
        require(!alive.isEmpty(), name, "has nothing before the @");
        require(!host.isEmpty(), name, "has no host after the @");
        require(name.length() <= MAX_LENGTH, name, "is longer than " + MAX_LENGTH + " characters");
        require(alive.indexOf('@') < 0 && host.indexOf('@') < 0, name, "has more than one @");
        require(name.chars().allMatch(NodeName::visible), name, "has a character that is not visible ASCII");
    }

    /// @throws IllegalArgumentException with a sentence that says what is wrong
    public static NodeName parse(String text) {
        int at = text.indexOf('@');
        require(at >= 0, text, "has no host: a node is called name@host");
        return new NodeName(text.substring(0, at), text.substring(at + 1));
    }

    /// The name as Erlang's terms carry it.
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

    private static void require(boolean fine, String name, String complaint) {
        if (!fine) {
            throw new IllegalArgumentException("the node name " + quoted(name) + " " + complaint);
        }
    }

    /// A stranger's name may be long and may hold line breaks, and goes into a log line.
    private static String quoted(String name) {
        StringBuilder quoted = new StringBuilder("'");
        name.chars().limit(MAX_LENGTH + 1L).forEach(c -> quoted.append(visible(c) || c == ' ' ? (char) c : '?'));
        return quoted.append(name.length() > MAX_LENGTH + 1 ? "…'" : "'").toString();
    }
}
