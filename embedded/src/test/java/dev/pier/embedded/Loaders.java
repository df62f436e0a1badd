package dev.pier.embedded;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/// The class loaders of the applications that ran. Applications add to it, since they see the class path.
public final class Loaders {
    private static final List<WeakReference<ClassLoader>> ALL = new ArrayList<>();

    private Loaders() {}

    public static void add(Object objectOfApplication) {
        ALL.add(new WeakReference<>(objectOfApplication.getClass().getClassLoader()));
    }

    static void clear() {
        ALL.clear();
    }

    static int count() {
        return ALL.size();
    }

    static long alive() {
        return ALL.stream().filter(it -> it.get() != null).count();
    }
}
