package dev.pier.server.webapp;

import java.time.Instant;
import java.util.Optional;

/// How an application is, for operators.
///
/// @param file its name in the folder
/// @param contextPath where it is served
/// @param reason why it failed, if it did
/// @param since when it came into this state
public record AppStatus(String file, String contextPath, State state, Optional<String> reason, Instant since) {
    /// What of an application is serving.
    public enum State {
        /// The application serves requests.
        DEPLOYED("deployed"),
        /// The application could not be started; requests get 404, or go to an application above it.
        FAILED("failed"),
        /// The new version could not be started; the one before it goes on.
        FAILED_OLD_SERVING("failed, old version serving");

        private final String words;

        State(String words) {
            this.words = words;
        }

        /// Whether any version of the application serves requests.
        public boolean isServing() {
            return this != FAILED;
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
