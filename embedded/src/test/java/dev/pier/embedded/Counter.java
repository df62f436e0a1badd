package dev.pier.embedded;

/// A class that an application has too: counts in each of its copies.
public final class Counter {
    private static int count;

    private Counter() {}

    static void reset(int value) {
        count = value;
    }

    public static int next() {
        return ++count;
    }
}
