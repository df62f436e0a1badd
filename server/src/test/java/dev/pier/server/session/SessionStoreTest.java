package dev.pier.server.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.SessionStore.Found;
import dev.pier.server.plugin.SessionStore.Saved;
import dev.pier.server.plugin.StoredSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The promises of both stores of the server.
class SessionStoreTest {
    private static final SessionStore.Key KEY = new SessionStore.Key("/shop/admin", "ab".repeat(32));
    private static final SessionStore.Key OTHER = new SessionStore.Key("/shop/admin", "cd".repeat(32));

    @TempDir
    Path folder;

    private @Nullable SessionStore opened;

    private void open(String kind, int max) throws IOException {
        SessionStore.Limits limits = new SessionStore.Limits(max, 1000, 1000);
        opened = kind.equals("memory") ? new MemorySessionStore(limits) : new FileSessionStore(folder, limits);
    }

    private SessionStore store() {
        return Objects.requireNonNull(opened);
    }

    @AfterEach
    void close() {
        store().close();
    }

    private static StoredSession session(long version, String text, long expiry) {
        return new StoredSession(version, 1, 2, 3, expiry, Map.of("ä", text.getBytes(UTF_8), "empty", new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void writesNeedTheStoredVersion(String kind) throws Exception {
        open(kind, 10);
        assertThat(store().find(KEY, SessionStore.NO_VERSION)).isEqualTo(new Found.None());
        assertThat(store().save(KEY, session(0, "a", 5000))).isEqualTo(new Saved.Stored(1));
        assertThat(store().save(KEY, session(1, "b", 6000))).isEqualTo(new Saved.Stored(2));
        assertThat(store().find(KEY, 2)).isEqualTo(new Found.Unchanged(6000));
        assertThat(((Saved.Conflict) store().save(KEY, session(1, "c", 7000))).current())
                .satisfies(it -> assertSession(it, 2, "b", 6000));
        assertThat(((Saved.Conflict) store().save(KEY, session(0, "c", 7000))).current())
                .satisfies(it -> assertSession(it, 2, "b", 6000));
        assertThat(((Found.Changed) store().find(KEY, 1)).session()).satisfies(it -> assertSession(it, 2, "b", 6000));
        store().delete(KEY);
        assertThat(store().save(KEY, session(2, "d", 8000))).isEqualTo(new Saved.Gone());
        assertThat(store().find(KEY, 2)).isEqualTo(new Found.None());
    }

    private static void assertSession(StoredSession session, long version, String text, long expiry) {
        assertThat(session.version()).isEqualTo(version);
        assertThat(session.created()).isEqualTo(1);
        assertThat(session.accessed()).isEqualTo(2);
        assertThat(session.maxInactive()).isEqualTo(3);
        assertThat(session.expiry()).isEqualTo(expiry);
        assertThat(session.attributes()).containsOnlyKeys("ä", "empty");
        assertThat(session.attributes().get("ä")).isEqualTo(text.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void expiredSessionsAreRemoved(String kind) throws Exception {
        open(kind, 10);
        assertThat(store().save(KEY, session(0, "a", 5000))).isEqualTo(new Saved.Stored(1));
        assertThat(store().save(OTHER, session(0, "b", 0))).isEqualTo(new Saved.Stored(1));
        store().removeExpired(4999);
        assertThat(store().find(KEY, 1)).isEqualTo(new Found.Unchanged(5000));
        store().touch(KEY, 9000);
        store().removeExpired(8999);
        assertThat(store().find(KEY, 1)).isEqualTo(new Found.Unchanged(9000));
        store().removeExpired(9000);
        assertThat(store().find(KEY, 1)).isEqualTo(new Found.None());
        store().touch(KEY, 20_000);
        assertThat(store().find(KEY, 1)).isEqualTo(new Found.None());
        assertThat(store().find(OTHER, 1)).isEqualTo(new Found.Unchanged(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void eachContextHasItsOwnSessionsAndLimit(String kind) throws Exception {
        open(kind, 1);
        SessionStore.Key elsewhere = new SessionStore.Key("/", KEY.hash());
        assertThat(store().save(KEY, session(0, "a", 5000))).isEqualTo(new Saved.Stored(1));
        assertThat(store().find(elsewhere, SessionStore.NO_VERSION)).isEqualTo(new Found.None());
        assertThat(store().save(OTHER, session(0, "b", 5000))).isEqualTo(new Saved.Full());
        assertThat(store().save(elsewhere, session(0, "c", 5000))).isEqualTo(new Saved.Stored(1));
        assertThat(store().save(KEY, session(1, "d", 5000))).isEqualTo(new Saved.Stored(2));
        store().removeExpired(5000);
        assertThat(store().save(OTHER, session(0, "b", 6000))).isEqualTo(new Saved.Stored(1));
        store().delete(OTHER);
        store().delete(OTHER);
        assertThat(store().save(KEY, session(0, "a", 6000))).isEqualTo(new Saved.Stored(1));
        assertThat(store().save(OTHER, session(0, "b", 6000))).isEqualTo(new Saved.Full());
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void ofWritersWithTheSameVersionOneSucceeds(String kind) throws Exception {
        open(kind, 10);
        AtomicInteger stored = new AtomicInteger();
        Thread[] writers = new Thread[8];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = Thread.ofVirtual().start(() -> {
                for (long version = 0; version < 20; version++) {
                    if (save(session(version, "x", 5000)) instanceof Saved.Stored) {
                        stored.incrementAndGet();
                    }
                }
            });
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(((Found.Changed) store().find(KEY, 0)).session().version()).isEqualTo(stored.get());
    }

    private Saved save(StoredSession session) {
        try {
            return store().save(KEY, session);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file"})
    void aStoreFindsTheFilesOfItsPredecessor(String kind) throws Exception {
        open(kind, 1);
        assertThat(store().save(KEY, session(0, "a", 5000))).isEqualTo(new Saved.Stored(1));
        store().close();
        open(kind, 1);
        assertThat(store().find(KEY, 1)).isEqualTo(new Found.Unchanged(5000));
        assertThat(store().save(OTHER, session(0, "b", 5000))).isEqualTo(new Saved.Full());
    }
}
