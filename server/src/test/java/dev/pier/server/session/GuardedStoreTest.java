package dev.pier.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.SessionStoreException;
import dev.pier.server.plugin.StoredSession;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class GuardedStoreTest {
    private static final SessionStore.Key KEY = new SessionStore.Key("/app", "ab".repeat(32));

    /// A store whose look-ups fail.
    private static final class FailingStore implements SessionStore {
        private final Exception cause;
        private int asked;

        FailingStore(Exception cause) {
            this.cause = cause;
        }

        @Override
        public boolean isShared() {
            return true;
        }

        @Override
        public Found find(Key key, long knownVersion) throws SessionStoreException {
            asked++;
            throw new SessionStoreException("away", cause);
        }

        @Override
        public Saved save(Key key, StoredSession session) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void touch(Key key, long expiry) {}

        @Override
        public void delete(Key key) {}

        @Override
        public void close() {}
    }

    private static void assertFails(SessionStore store) {
        assertThatThrownBy(() -> store.find(KEY, 1))
                .isInstanceOf(SessionStoreException.class)
                .hasMessage("away");
    }

    @Test
    void aStoreThatHasFailedIsNotAskedForAMoment() {
        FailingStore store = new FailingStore(new IOException());
        SessionStore guarded = new GuardedStore(store);
        assertFails(guarded);
        assertFails(guarded);
        assertThat(store.asked).isEqualTo(1);
    }

    @Test
    void anInterruptedRequestDoesNotCountAsAFailureOfTheStore() {
        FailingStore store = new FailingStore(new InterruptedException());
        SessionStore guarded = new GuardedStore(store);
        assertFails(guarded);
        assertFails(guarded);
        assertThat(store.asked).isEqualTo(2);
    }
}
