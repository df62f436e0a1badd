package dev.pier.erlang.etf;

import org.jspecify.annotations.Nullable;

/// The layout of the terms that begin with one tag: the table that finds the end of a term without building it.
/// Immutable.
///
/// A term consists of, in this order:
/// ```
/// tag | header | count | node (an atom) | bytes + bytesEach * count | terms + termsEach * count whole terms
/// ```
/// where each part but the tag may be missing.
///
/// SPEC: erl_ext_dist.
final class TagLayout {
    /// The count that a term carries, with its limit.
    enum Count {
        ANY,
        /// The bytes of an integer, which [DecodeLimits#digits()] limits.
        INTEGER_BYTES,
        /// The words of a reference, at most [dev.pier.erlang.term.Reference#MAX_WORDS].
        REFERENCE_WORDS
    }

    private static final @Nullable TagLayout[] BY_TAG = new @Nullable TagLayout[256];

    static {
        fixed(0, Tag.NIL);
        fixed(1, Tag.SMALL_INTEGER, Tag.ATOM_CACHE_REF);
        fixed(4, Tag.INTEGER);
        fixed(8, Tag.NEW_FLOAT);
        fixed(31, Tag.FLOAT);

        counted(1, Tag.SMALL_ATOM_UTF8, Tag.SMALL_ATOM);
        counted(2, Tag.ATOM_UTF8, Tag.ATOM, Tag.STRING);
        counted(4, Tag.BINARY);
        // The number of bits in the last byte.
        put(Tag.BIT_BINARY, new TagLayout(0, 4, Count.ANY, false, 1, 1, 0, 0));
        // The sign.
        put(Tag.SMALL_BIG, new TagLayout(0, 1, Count.INTEGER_BYTES, false, 1, 1, 0, 0));
        put(Tag.LARGE_BIG, new TagLayout(0, 4, Count.INTEGER_BYTES, false, 1, 1, 0, 0));

        container(1, 0, 1, Tag.SMALL_TUPLE);
        container(4, 0, 1, Tag.LARGE_TUPLE);
        // The tail.
        container(4, 1, 1, Tag.LIST);
        container(4, 0, 2, Tag.MAP);
        // Whether it is exported; module and name before the names and the values of the fields.
        put(Tag.RECORD, new TagLayout(0, 4, Count.ANY, false, 1, 0, 2, 2));
        // Module, function and arity.
        container(0, 3, 0, Tag.EXPORT);
        // Size, arity, 16 bytes and index before the count; module, two integers and creator before the free
        // variables.
        put(Tag.NEW_FUN, new TagLayout(4 + 1 + 16 + 4, 4, Count.ANY, false, 0, 0, 4, 1));

        // Pid: id, serial, creation. Port: id, creation. Reference: creation, id words; the oldest one id,
        // creation.
        identity(4 + 4 + 4, Tag.NEW_PID);
        identity(4 + 4 + 1, Tag.OLD_PID);
        identity(8 + 4, Tag.V4_PORT);
        identity(4 + 4, Tag.NEW_PORT);
        identity(4 + 1, Tag.OLD_PORT, Tag.OLD_REFERENCE);
        put(Tag.NEWER_REFERENCE, new TagLayout(0, 2, Count.REFERENCE_WORDS, true, 4, 4, 0, 0));
        put(Tag.NEW_REFERENCE, new TagLayout(0, 2, Count.REFERENCE_WORDS, true, 1, 4, 0, 0));
    }

    /// Whether there is neither a count nor a node, as in most terms.
    final boolean isFixed;
    /// How many bytes are between the tag and the count.
    final int header;
    /// How many bytes the count has: 0 (there is none), 1, 2 or 4.
    final int countBytes;

    final Count count;
    /// Whether the name of a node, which is an atom, comes after the count.
    final boolean node;

    final int bytes;
    final int bytesEach;
    final int terms;
    final int termsEach;

    private TagLayout(
            int header, int countBytes, Count count, boolean node, int bytes, int bytesEach, int terms, int termsEach) {
        this.isFixed = countBytes == 0 && !node;
        this.header = header;
        this.countBytes = countBytes;
        this.count = count;
        this.node = node;
        this.bytes = bytes;
        this.bytesEach = bytesEach;
        this.terms = terms;
        this.termsEach = termsEach;
    }

    private static void put(int tag, TagLayout layout) {
        BY_TAG[tag] = layout;
    }

    private static void fixed(int bytes, int... tags) {
        for (int tag : tags) {
            put(tag, new TagLayout(0, 0, Count.ANY, false, bytes, 0, 0, 0));
        }
    }

    private static void counted(int countBytes, int... tags) {
        for (int tag : tags) {
            put(tag, new TagLayout(0, countBytes, Count.ANY, false, 0, 1, 0, 0));
        }
    }

    private static void container(int countBytes, int terms, int termsEach, int tag) {
        put(tag, new TagLayout(0, countBytes, Count.ANY, false, 0, 0, terms, termsEach));
    }

    private static void identity(int bytes, int... tags) {
        for (int tag : tags) {
            put(tag, new TagLayout(0, 0, Count.ANY, true, bytes, 0, 0, 0));
        }
    }

    /// The layout of a tag; `null` for a tag that begins no term, or a term that Pier does not accept.
    static @Nullable TagLayout of(int tag) {
        return BY_TAG[tag & 0xff];
    }
}
