package dev.pier.erlang.handshake;

import java.security.SecureRandom;

/// Makes unpredictable challenges, so that a proof for one of them is useless for another.
final class Challenges {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Challenges() {}

    static int fresh() {
        return RANDOM.nextInt();
    }
}
