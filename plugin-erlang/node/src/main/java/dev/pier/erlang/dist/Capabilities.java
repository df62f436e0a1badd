package dev.pier.erlang.dist;

/// What both sides of a connection support: the flags that they have in common.
///
/// A signal is sent only if its flags are among them. [#missingFor] is the table of which signal needs which flag;
/// [DistFlags#describe] turns its result into names for an error.
public record Capabilities(long flags) {
    private static final long MONITORS = DistFlags.DIST_MONITOR | DistFlags.DIST_MONITOR_NAME;

    /// @param ours the flags that this node sent
    /// @param theirs the flags that the peer sent; unknown bits are ignored
    public static Capabilities negotiate(long ours, long theirs) {
        return new Capabilities(DistFlags.expand(ours) & DistFlags.expand(theirs));
    }

    /// How all frames of the connection begin.
    ///
    /// SPEC: erl_dist_protocol, Protocol between Connected Nodes: with `DIST_HDR_ATOM_CACHE` or `FRAGMENTS`,
    /// frames begin with a distribution header.
    public FrameFormat frameFormat() {
        return atomCache() || fragments() ? FrameFormat.HEADER : FrameFormat.PASS_THROUGH;
    }

    public boolean atomCache() {
        return has(DistFlags.DIST_HDR_ATOM_CACHE);
    }

    /// Whether long messages may be split into fragments.
    public boolean fragments() {
        return has(DistFlags.FRAGMENTS);
    }

    /// Whether monitors work. SEEN: OTP 25: without both flags, Erlang neither sends nor answers monitors.
    public boolean monitors() {
        return has(MONITORS);
    }

    /// Whether a message to a pid names its sender.
    public boolean sendSender() {
        return has(DistFlags.SEND_SENDER);
    }

    /// Whether exit reasons travel as payloads, instead of inside the control tuple.
    public boolean exitPayload() {
        return has(DistFlags.EXIT_PAYLOAD);
    }

    /// Whether one side may start processes on the other.
    public boolean spawn() {
        return has(DistFlags.SPAWN);
    }

    /// Whether messages may be sent to aliases, in the older form.
    public boolean alias() {
        return has(DistFlags.ALIAS);
    }

    /// Whether alternative signals may be sent, which reach aliases too.
    public boolean altactSignals() {
        return has(DistFlags.ALTACT_SIG);
    }

    /// Whether native records may be sent.
    public boolean nativeRecords() {
        return has(DistFlags.NATIVE_RECORDS);
    }

    /// Whether unlinking is confirmed; without it, the obsolete unlink signal is the only one.
    public boolean unlinkId() {
        return has(DistFlags.UNLINK_ID);
    }

    /// The flags that a signal needs and that one side lacks; 0 if the signal may be sent.
    ///
    /// [ControlEncoder] chooses the form of a `Send` and an `AliasSend` itself, so a `Send` needs no flag, and
    /// an
    /// `AliasSend` either of two.
    public long missingFor(ControlMessage signal) {
        return switch (signal) {
            case ControlMessage.Link _,
                    ControlMessage.Send _,
                    ControlMessage.RegSend _,
                    ControlMessage.Exit _,
                    ControlMessage.Exit2 _,
                    ControlMessage.Unlink _,
                    ControlMessage.GroupLeader _ -> 0;
            case ControlMessage.PayloadExit _, ControlMessage.PayloadExit2 _ -> missing(DistFlags.EXIT_PAYLOAD);
            case ControlMessage.UnlinkId _, ControlMessage.UnlinkIdAck _ -> missing(DistFlags.UNLINK_ID);
            case ControlMessage.MonitorP _, ControlMessage.DemonitorP _, ControlMessage.MonitorPExit _ ->
                missing(MONITORS);
            case ControlMessage.PayloadMonitorPExit _ -> missing(MONITORS | DistFlags.EXIT_PAYLOAD);
            case ControlMessage.SpawnRequest _, ControlMessage.SpawnReply _ -> missing(DistFlags.SPAWN);
            case ControlMessage.AliasSend _ -> altactSignals() ? 0 : missing(DistFlags.ALIAS);
            case ControlMessage.AltactSend _ -> missing(DistFlags.ALTACT_SIG);
        };
    }

    private long missing(long wanted) {
        return wanted & ~flags;
    }

    private boolean has(long wanted) {
        return missing(wanted) == 0;
    }

    @Override
    public String toString() {
        return DistFlags.hex(flags);
    }
}
