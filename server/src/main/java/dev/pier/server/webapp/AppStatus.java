package dev.pier.server.webapp;

import dev.pier.server.plugin.Hosts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The status of an application, for operators.
///
/// @param file the file name in the webapps folder
/// @param id the path that the name of the file gives: the application in metrics and in the store of sessions
/// @param contextPath the path at which the application is served
/// @param hosts the hosts for which it is served
/// @param reason why the deployment failed; null if it did not
/// @param since when the application entered this state
public record AppStatus(
        String file,
        String id,
        String contextPath,
        Hosts hosts,
        State state,
        @Nullable String reason,
        Instant since) {
    static AppStatus of(AppSource source, State state, @Nullable String reason) {
        return new AppStatus(
                source.file(),
                source.id(),
                source.contextPath(),
                source.settings().hosts(),
                state,
                reason,
                Instant.now());
    }

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
