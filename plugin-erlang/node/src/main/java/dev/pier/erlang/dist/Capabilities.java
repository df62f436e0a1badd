package dev.pier.erlang.dist;

/// What both sides of a connection can do: the flags that they have in common.
public record Capabilities(long flags) {
    /// @param ours the flags that we sent
    /// @param theirs the flags that the peer sent; bits that nobody knows drop out
    public static Capabilities negotiate(long ours, long theirs) {
        return new Capabilities(DistFlags.expand(ours) & DistFlags.expand(theirs));
    }

    // SPEC: erl_dist_protocol, Protocol between Connected Nodes: either flag makes all frames begin with a header.
    public FrameFormat frameFormat() {
        return atomCache() || fragments() ? FrameFormat.HEADER : FrameFormat.PASS_THROUGH;
    }

    public boolean atomCache() {
        return has(DistFlags.DIST_HDR_ATOM_CACHE);
    }

    public boolean fragments() {
        return has(DistFlags.FRAGMENTS);
    }

    /// Whether monitors work. Erlang sends and answers them only where both flags are set.
    public boolean monitors() {
        return has(DistFlags.DIST_MONITOR | DistFlags.DIST_MONITOR_NAME);
    }

    public boolean sendSender() {
        return has(DistFlags.SEND_SENDER);
    }

    /// Whether exit reasons travel as payloads instead of inside the control tuple.
    public boolean exitPayload() {
        return has(DistFlags.EXIT_PAYLOAD);
    }

    public boolean spawn() {
        return has(DistFlags.SPAWN);
    }

    public boolean alias() {
        return has(DistFlags.ALIAS);
    }

    public boolean altactSignals() {
        return has(DistFlags.ALTACT_SIG);
    }

    public boolean unlinkId() {
        return has(DistFlags.UNLINK_ID);
    }

    private boolean has(long wanted) {
        return (flags & wanted) == wanted;
    }

    @Override
    public String toString() {
        return DistFlags.hex(flags);
    }
}
