package dev.pier.erlang.jackson;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;

/// Describes terms in messages: `pid <0.12.0>`. Pure.
public final class TermSummary {
    private static final int MAX_BYTES = 1024;
    private static final int MAX_CHARS = 80;

    private TermSummary() {}

    /// @param in a cursor at the term; its position afterwards is undefined
    public static String of(EtfInput in) {
        try {
            int start = in.position();
            String kind = kind(in.peek1());
            TermDecoder.skip(in);
            if (in.position() - start > MAX_BYTES) {
                return kind + " of " + (in.position() - start) + " bytes";
            }
            in.seek(start);
            return kind + " " + TermDecoder.decode(in).excerpt(MAX_CHARS);
        } catch (MalformedTerm e) {
            return "bytes that are not a term";
        }
    }

    private static String kind(int tag) {
        return switch (tag) {
            case Tag.SMALL_INTEGER, Tag.INTEGER, Tag.SMALL_BIG, Tag.LARGE_BIG -> "integer";
            case Tag.NEW_FLOAT, Tag.FLOAT -> "float";
            case Tag.BINARY -> "binary";
            case Tag.BIT_BINARY -> "bitstring";
            case Tag.NIL, Tag.LIST, Tag.STRING -> "list";
            case Tag.SMALL_TUPLE, Tag.LARGE_TUPLE -> "tuple";
            case Tag.MAP -> "map";
            case Tag.RECORD -> "record";
            case Tag.NEW_PID, Tag.OLD_PID -> "pid";
            case Tag.NEW_PORT, Tag.V4_PORT, Tag.OLD_PORT -> "port";
            case Tag.NEWER_REFERENCE, Tag.NEW_REFERENCE, Tag.OLD_REFERENCE -> "reference";
            case Tag.NEW_FUN, Tag.EXPORT -> "fun";
            default -> "atom";
        };
    }
}
