package dev.pier.server.recent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// The entries that were added last, within a number of entries and a number of bytes. The oldest leave
/// first.
///
/// *Threads.* Safe for all threads; no call waits for anything but another call.
final class RecentRing<T> {
    private final int maxEntries;
    private final long maxBytes;
    private final ToLongFunction<T> size;
    private final Object lock = new Object();

    /// The oldest first. Guarded by `lock`, as the two counts are.
    private final Deque<Numbered<T>> entries = new ArrayDeque<>();

    private long bytes;
    private long last;

    /// @param number counts all entries that were ever added, from 1
    record Numbered<T>(long number, T entry) {}

    /// @param size how many bytes of memory an entry takes
    RecentRing(int maxEntries, long maxBytes, ToLongFunction<T> size) {
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
        this.size = size;
    }

    /// Adds an entry. One that alone is larger than all may be is not kept.
    void add(T entry) {
        synchronized (lock) {
            entries.addLast(new Numbered<>(++last, entry));
            bytes += size.applyAsLong(entry);
            while (entries.size() > maxEntries || bytes > maxBytes) {
                bytes -= size.applyAsLong(entries.removeFirst().entry());
            }
        }
    }

    /// The entries with a larger number, the oldest first, at most `max` of the latest.
    List<Numbered<T>> after(long number, int max) {
        synchronized (lock) {
            List<Numbered<T>> found =
                    entries.stream().filter(it -> it.number() > number).toList();
            return found.subList(Math.max(0, found.size() - max), found.size());
        }
    }

    /// The latest entry that is accepted.
    Optional<T> latest(Predicate<T> accepted) {
        synchronized (lock) {
            return entries.reversed().stream()
                    .map(Numbered::entry)
                    .filter(accepted)
                    .findFirst();
        }
    }

    /// The number of the latest entry; 0 before the first one.
    long last() {
        synchronized (lock) {
            return last;
        }
    }
}
