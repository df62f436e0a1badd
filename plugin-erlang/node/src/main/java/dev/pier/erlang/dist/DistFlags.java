package dev.pier.erlang.dist;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The capability bits that two nodes exchange in the handshake.
///
/// SPEC: erl_dist_protocol, Distribution Flags.
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
    /// Stands for all flags in [#MANDATORY_25].
    public static final long MANDATORY_25_DIGEST = 0x4000000;
    public static final long SPAWN = 1L << 32;
    public static final long NAME_ME = 1L << 33;
    public static final long V4_NC = 1L << 34;
    public static final long ALIAS = 1L << 35;
    public static final long ALTACT_SIG = 1L << 37;
    /// Since OTP 29. SEEN: OTP 29, which sends native records to peers without this flag as well; they close
    /// the connection.
    public static final long NATIVE_RECORDS = 1L << 38;

    /// The flags of a Pier node, which is a hidden one.
    public static final long OURS = 0x4d07df7fbcL;
    /// The flags that OTP 25 requires of every peer.
    public static final long MANDATORY_25 = 0x1070f94L;
    /// The flags that OTP 26 and later require of every peer.
    public static final long MANDATORY_26 = 0x403070f94L;

    private static final Map<Long, String> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put(PUBLISHED, "PUBLISHED");
        NAMES.put(EXTENDED_REFERENCES, "EXTENDED_REFERENCES");
        NAMES.put(DIST_MONITOR, "DIST_MONITOR");
        NAMES.put(FUN_TAGS, "FUN_TAGS");
        NAMES.put(DIST_MONITOR_NAME, "DIST_MONITOR_NAME");
        NAMES.put(NEW_FUN_TAGS, "NEW_FUN_TAGS");
        NAMES.put(EXTENDED_PIDS_PORTS, "EXTENDED_PIDS_PORTS");
        NAMES.put(EXPORT_PTR_TAG, "EXPORT_PTR_TAG");
        NAMES.put(BIT_BINARIES, "BIT_BINARIES");
        NAMES.put(NEW_FLOATS, "NEW_FLOATS");
        NAMES.put(UNICODE_IO, "UNICODE_IO");
        NAMES.put(DIST_HDR_ATOM_CACHE, "DIST_HDR_ATOM_CACHE");
        NAMES.put(SMALL_ATOM_TAGS, "SMALL_ATOM_TAGS");
        NAMES.put(UTF8_ATOMS, "UTF8_ATOMS");
        NAMES.put(MAP_TAG, "MAP_TAG");
        NAMES.put(BIG_CREATION, "BIG_CREATION");
        NAMES.put(SEND_SENDER, "SEND_SENDER");
        NAMES.put(BIG_SEQTRACE_LABELS, "BIG_SEQTRACE_LABELS");
        NAMES.put(EXIT_PAYLOAD, "EXIT_PAYLOAD");
        NAMES.put(FRAGMENTS, "FRAGMENTS");
        NAMES.put(HANDSHAKE_23, "HANDSHAKE_23");
        NAMES.put(UNLINK_ID, "UNLINK_ID");
        NAMES.put(MANDATORY_25_DIGEST, "MANDATORY_25_DIGEST");
        NAMES.put(SPAWN, "SPAWN");
        NAMES.put(NAME_ME, "NAME_ME");
        NAMES.put(V4_NC, "V4_NC");
        NAMES.put(ALIAS, "ALIAS");
        NAMES.put(ALTACT_SIG, "ALTACT_SIG");
        NAMES.put(NATIVE_RECORDS, "NATIVE_RECORDS");
    }

    private DistFlags() {}

    /// The flags, and those that the digest bit stands for.
    public static long expand(long flags) {
        return (flags & MANDATORY_25_DIGEST) == 0 ? flags : flags | MANDATORY_25;
    }

    /// The mandatory flags that are not set, after the digest bit is expanded.
    public static long missing(long flags, long mandatory) {
        return mandatory & ~expand(flags);
    }

    /// The missing mandatory flags of a node with these flags, by the release that requires them: `UTF8_ATOMS
    /// (OTP 25 and later), V4_NC, UNLINK_ID (OTP 26 and later)`; empty if no flag is missing.
    public static String describeMissing(long flags) {
        long for25 = missing(flags, MANDATORY_25);
        long for26 = missing(flags, MANDATORY_26) & ~MANDATORY_25;
        List<String> parts = new ArrayList<>();
        if (for25 != 0) {
            parts.add(describe(for25) + " (OTP 25 and later)");
        }
        if (for26 != 0) {
            parts.add(describe(for26) + " (OTP 26 and later)");
        }
        return String.join(", ", parts);
    }

    /// The names of the bits that are set: `SPAWN, ALIAS`; unknown bits as numbers.
    public static String describe(long flags) {
        List<String> names = new ArrayList<>();
        for (long rest = flags; rest != 0; rest &= rest - 1) {
            long bit = Long.lowestOneBit(rest);
            names.add(NAMES.getOrDefault(bit, "0x" + Long.toHexString(bit)));
        }
        return String.join(", ", names);
    }

    /// The flags as in log lines and errors: `0x4d07df7fbc`.
    public static String hex(long flags) {
        return "0x" + Long.toHexString(flags);
    }
}
