package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Reference;

/// Finds the end of a term. Needs neither stack nor depth limit, because it only counts the terms that are still
/// due.
final class TermSkipper {
    private TermSkipper() {}

    static void skip(EtfInput in) {
        long due = 1;
        while (due > 0) {
            due += skipHead(in) - 1;
            // Each term takes a byte at least; without this check a chain of claims could run up any number.
            if (due > in.remaining()) {
                throw new MalformedTerm("truncated: " + due + " terms due at byte " + in.position() + ", "
                        + in.remaining() + " bytes left");
            }
        }
    }

    /// Skips a scalar, or the head of a container.
    ///
    /// @return how many terms the container holds
    static long skipHead(EtfInput in) {
        int tag = in.read1();
        TagLayout layout = TagLayout.of(tag);
        if (layout == null) {
            throw TermDecoder.unexpected(in, tag, "a term");
        }
        if (layout.isFixed) {
            in.skip(layout.bytes);
            return layout.terms;
        }
        if (layout.header > 0) {
            in.skip(layout.header);
        }
        int count = readCount(in, layout);
        if (layout.node) {
            skipNode(in);
        }
        in.skip(layout.bytes + layout.bytesEach * count);
        return layout.terms + (long) layout.termsEach * count;
    }

    private static int readCount(EtfInput in, TagLayout layout) {
        int count = switch (layout.countBytes) {
            case 0 -> 0;
            case 1 -> in.read1();
            case 2 -> in.read2();
            default -> layout.termsEach > 0 ? in.arity(layout.termsEach) : in.length();
        };
        if (layout.count != TagLayout.Count.ANY) {
            checkCount(in, layout, count);
        }
        return count;
    }

    private static void checkCount(EtfInput in, TagLayout layout, int count) {
        if (layout.count == TagLayout.Count.INTEGER_BYTES) {
            Integers.requireDigits(in, count);
        } else if (count > Reference.MAX_WORDS) {
            throw new MalformedTerm("a reference of " + count + " words before byte " + in.position());
        }
    }

    private static void skipNode(EtfInput in) {
        int tag = in.peek1();
        if (!Tag.isAtom(tag)) {
            in.read1();
            throw TermDecoder.unexpected(in, tag, "the name of a node");
        }
        skipHead(in);
    }
}
