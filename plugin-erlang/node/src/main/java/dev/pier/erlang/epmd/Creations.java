package dev.pier.erlang.epmd;

import java.security.SecureRandom;

/// Makes creations, the numbers of the incarnations of a node, where EPMD does not give one.
public final class Creations {
    /// Smaller ones belong to nodes of OTP 22 and earlier; 0 stands for an unknown incarnation.
    private static final int MIN = 4;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Creations() {}

    public static int random() {
        int creation;
        do {
            creation = RANDOM.nextInt();
        } while (creation >= 0 && creation < MIN);
        return creation;
    }
}
