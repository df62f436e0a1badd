package dev.pier.erlang.etf;

/// The tag bytes of the external term format.
///
/// SPEC: erl_ext_dist.
public final class Tag {
    public static final int VERSION = 131;

    /// A native record, since OTP 29.
    public static final int RECORD = 67;

    public static final int NEW_FLOAT = 70;
    public static final int BIT_BINARY = 77;
    public static final int COMPRESSED = 80;
    public static final int ATOM_CACHE_REF = 82;
    public static final int NEW_PID = 88;
    public static final int NEW_PORT = 89;
    public static final int NEWER_REFERENCE = 90;
    public static final int SMALL_INTEGER = 97;
    public static final int INTEGER = 98;
    public static final int FLOAT = 99;
    public static final int ATOM = 100;
    public static final int OLD_REFERENCE = 101;
    public static final int OLD_PORT = 102;
    public static final int OLD_PID = 103;
    public static final int SMALL_TUPLE = 104;
    public static final int LARGE_TUPLE = 105;
    public static final int NIL = 106;
    public static final int STRING = 107;
    public static final int LIST = 108;
    public static final int BINARY = 109;
    public static final int SMALL_BIG = 110;
    public static final int LARGE_BIG = 111;
    public static final int NEW_FUN = 112;
    public static final int EXPORT = 113;
    public static final int NEW_REFERENCE = 114;
    public static final int SMALL_ATOM = 115;
    public static final int MAP = 116;
    public static final int OLD_FUN = 117;
    public static final int ATOM_UTF8 = 118;
    public static final int SMALL_ATOM_UTF8 = 119;
    public static final int V4_PORT = 120;
    public static final int LOCAL = 121;

    private Tag() {}

    /// Whether the tag begins an atom.
    public static boolean isAtom(int tag) {
        return switch (tag) {
            case SMALL_ATOM_UTF8, ATOM_UTF8, ATOM_CACHE_REF, SMALL_ATOM, ATOM -> true;
            default -> false;
        };
    }
}
