package dev.pier.testkit;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Names and cookies that no other test has.
final class Names {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int COOKIE_BYTES = 16;

    private Names() {}

    /// A node name on `localhost`.
    static String unique(String prefix) {
        return prefix + "_" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet() + "@localhost";
    }

    static String cookie() {
        byte[] bytes = new byte[COOKIE_BYTES];
        ThreadLocalRandom.current().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
