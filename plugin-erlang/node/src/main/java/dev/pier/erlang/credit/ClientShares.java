package dev.pier.erlang.credit;

import dev.pier.erlang.Overloaded;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts the streams of each client, so that one of them cannot take all.
///
/// Threads: any thread may call.
public final class ClientShares {
    private final Supplier<@Nullable String> current;
    private final Object lock = new Object();

    /// Guarded by `lock`. Only clients with streams are in it.
    private final Map<String, Integer> streams = new HashMap<>();

    /// @param current the client that the calling thread works for, such as the address of an HTTP client; `null` if
    ///     it works for no client; its streams are not counted then
    public ClientShares(Supplier<@Nullable String> current) {
        this.current = current;
    }

    /// The same clients, of which each starts with no streams.
    ClientShares fresh() {
        return new ClientShares(current);
    }

    /// Counts a stream of the client that the calling thread works for.
    ///
    /// @param max how many streams one client may have
    /// @param setting what sets the maximum, for the error
    /// @return what to run, once, when the stream has ended
    /// @throws Overloaded if the client has as many streams as it may
    public Runnable enter(int max, String setting) {
        String client = current.get();
        if (client == null) {
            return () -> {};
        }
        synchronized (lock) {
            int open = streams.getOrDefault(client, 0);
            if (open >= max) {
                throw new Overloaded("too many streams of one client: " + max + " are open (setting " + setting + ")");
            }
            streams.put(client, open + 1);
        }
        return () -> leave(client);
    }

    private void leave(String client) {
        synchronized (lock) {
            streams.computeIfPresent(client, (_, open) -> open == 1 ? null : open - 1);
        }
    }
}
