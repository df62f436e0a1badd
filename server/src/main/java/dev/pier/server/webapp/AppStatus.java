package dev.pier.server.webapp;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The status of an application, for operators.
///
/// @param file the file name in the webapps folder
/// @param contextPath the path at which the application is served
/// @param reason why the deployment failed; null if it did not
/// @param since when the application entered this state
public record AppStatus(
        String file,
        String contextPath,
        State state,
        @Nullable String reason,
        Instant since) {
    /// Which version of an application serves requests.
    public enum State {
        /// The application serves requests.
        DEPLOYED("deployed"),
        /// The application could not be started. Requests get 404, or go to an application with a shorter
        /// context path.
        FAILED("failed"),
        /// The new version could not be started; the version before it serves requests.
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
