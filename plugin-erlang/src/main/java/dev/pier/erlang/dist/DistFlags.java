package dev.pier.erlang.dist;

/// The capability bits that two nodes tell each other in the handshake (`erl_dist_protocol`, Distribution Flags).
public final class DistFlags {
    public static final long PUBLISHED = 0x1;
    public static final long EXTENDED_REFERENCES = 0x4;
    public static final long DIST_MONITOR = 0x8;
    public static final long FUN_TAGS = 0x10;
    public static final long DIST_MONITOR_NAME = 0x20;
    public static final long NEW_FUN_TAGS = 0x80;
    public static final long EXTENDED_PIDS_PORTS = 0x100;
    public static final long EXPORT_PTR_TAG = 0x200;
    public static final long BIT_BINARIES = 0x400;
    public static final long NEW_FLOATS = 0x800;
    public static final long UNICODE_IO = 0x1000;
    public static final long DIST_HDR_ATOM_CACHE = 0x2000;
    public static final long SMALL_ATOM_TAGS = 0x4000;
    public static final long UTF8_ATOMS = 0x10000;
    public static final long MAP_TAG = 0x20000;
    public static final long BIG_CREATION = 0x40000;
    public static final long SEND_SENDER = 0x80000;
    public static final long BIG_SEQTRACE_LABELS = 0x100000;
    public static final long EXIT_PAYLOAD = 0x400000;
    public static final long FRAGMENTS = 0x800000;
    public static final long HANDSHAKE_23 = 0x1000000;
    public static final long UNLINK_ID = 0x2000000;
    /// Stands for all flags that OTP 25 made mandatory.
    public static final long MANDATORY_25_DIGEST = 0x4000000;
    public static final long SPAWN = 1L << 32;
    public static final long NAME_ME = 1L << 33;
    public static final long V4_NC = 1L << 34;
    public static final long ALIAS = 1L << 35;
    public static final long ALTACT_SIG = 1L << 37;

    /// What a hidden Pier node says it can do.
    public static final long OURS = 0xd07df7fbcL;
    /// What OTP 25 wants of every peer.
    public static final long MANDATORY_25 = 0x1070f94L;
    /// What OTP 26 and later want of every peer.
    public static final long MANDATORY_26 = 0x403070f94L;

    private DistFlags() {}
}
