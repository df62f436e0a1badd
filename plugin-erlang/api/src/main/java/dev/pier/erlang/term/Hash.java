package dev.pier.erlang.term;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.List;

/// Hash codes of terms. The seed is random for each JVM, so that a peer cannot send keys that collide. Pure.
///
/// Parts below the first [#LEVELS] levels are ignored, because terms can be nested deeper than a thread's stack.
/// The keys of maps are never nested deeper ([MapTerm#MAX_KEY_DEPTH]).
final class Hash {
    static final int LEVELS = 100;

    private static final int CHARS_PER_LONG = Long.BYTES / Character.BYTES;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SEED;
    private static final long FACTOR;

    static {
        var random = new SecureRandom();
        SEED = random.nextLong();
        FACTOR = random.nextLong() | 1;
    }

    private Hash() {}

    static int of(long value) {
        return (int) mix(SEED, value);
    }

    static int of(byte[] bytes) {
        long hash = SEED ^ bytes.length;
        int i = 0;
        for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
            hash = mix(hash, (long) LONG.get(bytes, i));
        }
        long rest = 0;
        for (; i < bytes.length; i++) {
            rest = (rest << Byte.SIZE) | (bytes[i] & 0xff);
        }
        return (int) mix(hash, rest);
    }

    static int of(String text) {
        long hash = SEED ^ text.length();
        for (int i = 0; i < text.length(); i += CHARS_PER_LONG) {
            long chunk = 0;
            for (int j = i; j < Math.min(i + CHARS_PER_LONG, text.length()); j++) {
                chunk = (chunk << Character.SIZE) | text.charAt(j);
            }
            hash = mix(hash, chunk);
        }
        return (int) mix(hash, 0);
    }

    /// The hash code of a pid, a port or a reference.
    static int of(Atom node, int creation, int... words) {
        long hash = mix(mix(SEED, node.hashCode()), creation);
        for (int word : words) {
            hash = mix(hash, word);
        }
        return (int) hash;
    }

    static int of(Term term) {
        return (int) of(term, LEVELS);
    }

    private static long of(Term term, int levels) {
        return switch (term) {
            case Tuple(List<Term> elements) -> of(1, elements, levels);
            case ListTerm list ->
                list.bytes().isPresent() ? mix(SEED, list.bytes().get().hashCode()) : of(2, list.elements(), levels);
            case ImproperList(List<Term> elements, Term tail) -> mix(of(3, elements, levels), of(tail, levels - 1));
            case MapTerm map -> Pairs.copyOf(map.entries()).hash(levels);
            case RecordTerm record -> mix(of(5, record.values(), levels), headOf(record));
            case LocalFun fun -> mix(of(4, fun.free(), levels), headOf(fun));
            default -> term.hashCode();
        };
    }

    private static long of(int kind, List<Term> parts, int levels) {
        long hash = mix(SEED, kind + parts.size());
        if (levels > 0) {
            for (Term part : parts) {
                hash = mix(hash, of(part, levels - 1));
            }
        }
        return hash;
    }

    /// Independent of the order of the pairs.
    static int ofPairs(List<Term> pairs, int levels) {
        long sum = pairs.size();
        if (levels > 0) {
            for (int i = 0; i < pairs.size(); i += 2) {
                sum += mix(mix(SEED, of(pairs.get(i), levels - 1)), of(pairs.get(i + 1), levels - 1));
            }
        }
        return (int) mix(SEED, sum);
    }

    private static long headOf(RecordTerm record) {
        long hash = mix(mix(SEED, record.module().hashCode()), record.name().hashCode());
        for (Atom field : record.fields()) {
            hash = mix(hash, field.hashCode());
        }
        return mix(hash, record.exported() ? 1 : 0);
    }

    /// Of all parts that equality compares, apart from the free variables.
    private static long headOf(LocalFun fun) {
        long hash = mix(mix(SEED, fun.module().hashCode()), fun.unique().hashCode());
        hash = mix(mix(hash, fun.index()), fun.arity());
        hash = mix(mix(hash, fun.oldIndex()), fun.oldUnique());
        return mix(hash, fun.creator().hashCode());
    }

    /// Multiplies to 128 bits and folds, so that every bit of both values affects every bit of the result.
    private static long mix(long hash, long value) {
        long a = hash ^ FACTOR;
        long b = value ^ SEED;
        return Math.unsignedMultiplyHigh(a, b) ^ (a * b);
    }
}
