package dev.pier.erlang.term;

import java.security.SecureRandom;

/// Makes the hash codes of terms unpredictable, so that nobody can fill a map with keys that collide.
final class HashSeed {
    private static final long MULTIPLIER = new SecureRandom().nextLong() | 1;

    private HashSeed() {}

    static int mix(long value) {
        long mixed = (value ^ (value >>> 32)) * MULTIPLIER;
        return (int) (mixed >>> 32);
    }
}
