package dev.pier.erlang;

/// The peer's node does not offer a capability that the operation needs. Nothing was sent, and a second try fails
/// in the same way. Nodes that are not Erlang's own (JInterface, `ei`, Pyrlang) offer fewer capabilities than
/// Erlang.
public final class UnsupportedByPeer extends ErlangException {
    private static final long serialVersionUID = 1L;

    private final String flag;

    /// @param operation what was not done, and on which peer: `stream from backend@host`
    /// @param flag the distribution flag that the peer did not offer: `DFLAG_SPAWN`
    public UnsupportedByPeer(String operation, String flag) {
        super("cannot " + operation + ": the peer does not offer " + flag, null, false);
        this.flag = flag;
    }

    /// The distribution flag that the peer did not offer: `DFLAG_SPAWN`.
    public String flag() {
        return flag;
    }
}
