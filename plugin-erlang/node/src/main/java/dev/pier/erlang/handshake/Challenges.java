package dev.pier.erlang.handshake;

import java.security.SecureRandom;

/// Numbers that nobody can foresee: a proof for one of them is of no use for another.
final class Challenges {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Challenges() {}

    static int fresh() {
        return RANDOM.nextInt();
    }
}
