package dev.pier.server.session;

import java.io.ObjectInputFilter;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides which classes a session's attribute may have when it is read: those of the application, and the JDK's value
/// types. Depth, references and array lengths are bounded. Everything else is refused, because a reader of serialised
/// data runs code of each class in it.
///
/// *Threads.* For one thread; each value is read with a filter of its own.
final class SerializationFilter implements ObjectInputFilter {
    private static final int MAX_DEPTH = 200;
    private static final int MAX_REFERENCES = 1_000_000;

    /// Packages of the JDK that have value types only.
    private static final Set<String> PACKAGES =
            Set.of("java.math", "java.time", "java.time.chrono", "java.time.zone", "java.util.concurrent.atomic");

    private static final Set<String> CLASSES = Set.of(
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Double",
            "java.lang.Enum",
            "java.lang.Exception",
            "java.lang.Float",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Number",
            "java.lang.Object",
            "java.lang.RuntimeException",
            "java.lang.Short",
            "java.lang.StackTraceElement",
            "java.lang.String",
            "java.lang.StringBuilder",
            "java.lang.Throwable",
            "java.net.URI",
            "java.util.AbstractMap$SimpleEntry",
            "java.util.AbstractMap$SimpleImmutableEntry",
            "java.util.ArrayDeque",
            "java.util.ArrayList",
            "java.util.Arrays$ArrayList",
            "java.util.BitSet",
            "java.util.CollSer",
            "java.util.Currency",
            "java.util.Date",
            "java.util.EnumMap",
            "java.util.EnumSet$SerializationProxy",
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.Hashtable",
            "java.util.IdentityHashMap",
            "java.util.JumboEnumSet",
            "java.util.LinkedHashMap",
            "java.util.LinkedHashSet",
            "java.util.LinkedList",
            "java.util.Locale",
            "java.util.Map$Entry",
            "java.util.Properties",
            "java.util.RegularEnumSet",
            "java.util.SimpleTimeZone",
            "java.util.Stack",
            "java.util.TimeZone",
            "java.util.TreeMap",
            "java.util.TreeSet",
            "java.util.UUID",
            "java.util.Vector",
            "java.util.concurrent.ConcurrentHashMap",
            "java.util.concurrent.ConcurrentHashMap$Segment",
            "java.util.concurrent.ConcurrentSkipListMap",
            "java.util.concurrent.ConcurrentSkipListSet",
            "java.util.concurrent.CopyOnWriteArrayList",
            "java.util.concurrent.CopyOnWriteArraySet",
            "java.util.concurrent.locks.AbstractOwnableSynchronizer",
            "java.util.concurrent.locks.AbstractQueuedSynchronizer",
            "java.util.concurrent.locks.ReentrantLock",
            "java.util.concurrent.locks.ReentrantLock$NonfairSync",
            "java.util.concurrent.locks.ReentrantLock$Sync",
            "sun.util.calendar.ZoneInfo");

    private final Predicate<Class<?>> isOfApplication;
    private final long maxArray;
    private @Nullable String refusal;

    /// @param isOfApplication whether a class outside the JDK belongs to the application
    /// @param size bytes of the serialised value
    SerializationFilter(Predicate<Class<?>> isOfApplication, int size) {
        this.isOfApplication = isOfApplication;
        // An element takes a byte at least, and a hash table has up to four places for each entry.
        this.maxArray = Math.max(64, 4L * size);
    }

    /// Why the value was refused; null if it was not.
    @Nullable
    String refusal() {
        return refusal;
    }

    @Override
    public Status checkInput(FilterInfo info) {
        if (info.depth() > MAX_DEPTH || info.references() > MAX_REFERENCES || info.arrayLength() > maxArray) {
            refusal = "the value is nested too deeply or too large";
            return Status.REJECTED;
        }
        Class<?> type = info.serialClass();
        if (type == null || isAllowed(type)) {
            return Status.ALLOWED;
        }
        refusal = type.getName() + " is neither a class of the application nor one of the JDK's value types";
        return Status.REJECTED;
    }

    private boolean isAllowed(Class<?> type) {
        if (type.isArray()) {
            return isAllowed(type.componentType());
        }
        if (type.isPrimitive()) {
            return true;
        }
        String name = type.getName();
        return CLASSES.contains(name)
                || PACKAGES.contains(type.getPackageName())
                || name.startsWith("java.util.Collections$")
                || name.startsWith("java.util.ImmutableCollections$")
                || (Enum.class.isAssignableFrom(type) && type.getClassLoader() == null)
                || isOfApplication.test(type);
    }
}
