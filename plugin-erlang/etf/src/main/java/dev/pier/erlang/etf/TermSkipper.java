package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Reference;

/// Finds the end of a term. Needs neither stack nor depth limit: it only counts the terms that are still to come.
final class TermSkipper {
    private TermSkipper() {}

    static void skip(EtfInput in) {
        long due = 1;
        while (due > 0) {
            due += skipOne(in) - 1;
            // Each term takes a byte; without this a chain of claims could run up any number.
            if (due > in.remaining()) {
                throw new MalformedTerm("truncated: " + due + " terms due at byte " + in.position() + ", "
                        + in.remaining() + " bytes left");
            }
        }
    }

    /// Skips a leaf, or the head of something that has parts, and says how many.
    private static long skipOne(EtfInput in) {
        int tag = in.read1();
        return switch (tag) {
            case Tag.NIL -> 0;
            case Tag.SMALL_INTEGER, Tag.ATOM_CACHE_REF -> bytes(in, 1);
            case Tag.INTEGER -> bytes(in, 4);
            case Tag.NEW_FLOAT -> bytes(in, 8);
            case Tag.FLOAT -> bytes(in, 31);
            case Tag.SMALL_BIG, Tag.LARGE_BIG -> bytes(in, 1 + Integers.bigLength(in, tag));
            case Tag.SMALL_ATOM_UTF8, Tag.SMALL_ATOM -> bytes(in, in.read1());
            case Tag.ATOM_UTF8, Tag.ATOM, Tag.STRING -> bytes(in, in.read2());
            case Tag.BINARY -> bytes(in, in.length());
            case Tag.BIT_BINARY -> {
                int length = in.length();
                in.read1();
                yield bytes(in, length);
            }
            case Tag.SMALL_TUPLE -> in.read1();
            case Tag.LARGE_TUPLE -> in.arity(1);
            case Tag.LIST -> in.arity(1) + 1L;
            case Tag.MAP -> in.arity(2) * 2L;
            case Tag.EXPORT -> 3;
            case Tag.NEW_FUN -> {
                // The size, the arity, 16 bytes and the index; then module, two integers, creator, free variables.
                in.skip(4 + 1 + 16 + 4);
                yield 4L + in.arity(1);
            }
            default -> skipIdentity(in, tag);
        };
    }

    private static int skipIdentity(EtfInput in, int tag) {
        int words = tag == Tag.NEWER_REFERENCE || tag == Tag.NEW_REFERENCE ? in.read2() : 0;
        if (words > Reference.MAX_WORDS) {
            throw new MalformedTerm("a reference of " + words + " words before byte " + in.position());
        }
        int behindNode = switch (tag) {
            case Tag.NEW_PID, Tag.V4_PORT -> 12;
            case Tag.OLD_PID -> 9;
            case Tag.NEW_PORT -> 8;
            case Tag.OLD_PORT, Tag.OLD_REFERENCE -> 5;
            case Tag.NEWER_REFERENCE -> 4 + 4 * words;
            case Tag.NEW_REFERENCE -> 1 + 4 * words;
            default -> throw TermDecoder.unexpected(in, tag, "a term");
        };
        skipAtom(in);
        return bytes(in, behindNode);
    }

    private static void skipAtom(EtfInput in) {
        int tag = in.read1();
        int length = switch (tag) {
            case Tag.ATOM_CACHE_REF -> 1;
            case Tag.SMALL_ATOM_UTF8, Tag.SMALL_ATOM -> in.read1();
            case Tag.ATOM_UTF8, Tag.ATOM -> in.read2();
            default -> throw TermDecoder.unexpected(in, tag, "the name of a node");
        };
        in.skip(length);
    }

    /// @return 0, the number of parts
    private static int bytes(EtfInput in, int length) {
        in.skip(length);
        return 0;
    }
}
