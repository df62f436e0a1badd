package dev.pier.server.webapp;

import dev.pier.server.webapp.AppStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One file of the webapps folder and its current deployment. A new version replaces the running one only after it
/// has started; if it cannot start, the running version continues to serve.
///
/// *Threads.* For the deploying thread; [#status] is safe for all threads.
final class Application {
    private static final Logger log = LoggerFactory.getLogger(Application.class);

    private static final Duration RETRY_PAUSE = Duration.ofSeconds(10);

    private final String file;
    private final Deployer deployer;
    private volatile @Nullable RunningApp running;

    /// When to try again what failed for a reason outside the file; null if there was no such failure.
    private @Nullable Long retryAtNanos;

    /// The file and its settings at the last deployment, successful or not; null to try again at the next scan.
    private @Nullable AppSource lastAttempt;

    private volatile @Nullable AppStatus status;

    Application(AppSource source, Deployer deployer) {
        this.file = source.file();
        this.deployer = deployer;
    }

    /// Deploys the file, unless its last deployment, successful or not, was of the same state and settings. A
    /// deployment that could not copy the file is tried again after a while.
    ///
    /// @param again whether to deploy the same state again
    void deploy(AppSource source, boolean again) throws InterruptedException {
        if (!again && source.equals(lastAttempt) && !isTimeToRetry()) {
            return;
        }
        Optional<String> conflict = deployer.conflict(source);
        if (conflict.isPresent()) {
            failUntilPathIsFree(source, conflict.get());
            return;
        }
        long begin = System.nanoTime();
        try {
            deployer.deploy(source, running).ifPresent(started -> replace(started, begin));
        } catch (InterruptedException e) {
            throw e;
        } catch (IOException e) {
            failForNow(source, new DeploymentException("cannot be copied: " + e, e));
        } catch (Throwable t) {
            // The deploying thread is there for all applications: nothing that one of them throws ends it.
            fail(source, DeploymentException.of(t));
        }
    }

    private boolean isTimeToRetry() {
        return retryAtNanos != null && System.nanoTime() - retryAtNanos >= 0;
    }

    private void replace(RunningApp started, long begin) {
        @Nullable RunningApp old = running;
        AppSource source = started.source();
        running = started;
        retryAtNanos = null;
        lastAttempt = source;
        status = AppStatus.of(source, State.DEPLOYED, null);
        log.info(
                "{} {} at {} in {} ms",
                old == null ? "Deployed" : "Redeployed",
                source.file(),
                source.place(),
                Duration.ofNanos(System.nanoTime() - begin).toMillis());
        if (old != null) {
            deployer.retire(old);
        }
    }

    /// Reports the failure once, and leaves the file to the next scan: the other file may be removed.
    private void failUntilPathIsFree(AppSource source, String reason) {
        @Nullable AppStatus before = status;
        if (before == null || !reason.equals(before.reason())) {
            fail(source, new DeploymentException(reason));
            lastAttempt = null;
        }
    }

    /// Reports a failure that the operator can repair elsewhere, such as a full disk: once, not with each attempt.
    private void failForNow(AppSource source, DeploymentException failure) {
        if (retryAtNanos == null || !source.equals(lastAttempt)) {
            fail(source, failure);
        }
        retryAtNanos = System.nanoTime() + RETRY_PAUSE.toNanos();
    }

    private void fail(AppSource source, DeploymentException failure) {
        retryAtNanos = null;
        String reason = String.valueOf(failure.getMessage());
        lastAttempt = source;
        State state = running == null ? State.FAILED : State.FAILED_OLD_SERVING;
        // The version that serves may be at another path.
        status = AppStatus.of(running == null ? source : running.source(), state, reason);
        log.error(
                "Cannot deploy {}{}: {}",
                source.file(),
                running == null ? "" : ", the old version continues to serve",
                reason,
                failure.getCause());
    }

    /// Removes the application from its path. Requests in flight may finish.
    void undeploy() {
        if (running == null) {
            log.info("Removed {}, which was not deployed", file);
            return;
        }
        deployer.undeploy(running);
        log.info("Undeployed {} from {}", file, running.source().place());
        running = null;
    }

    /// Tells the application that the server begins to stop. For any thread.
    void stopping() {
        @Nullable RunningApp app = running;
        if (app != null) {
            app.beginDraining();
        }
    }

    /// Ends the application without waiting for requests.
    void end() {
        if (running != null) {
            running.end();
            running = null;
        }
    }

    /// The status; empty before the first deployment has ended.
    Optional<AppStatus> status() {
        return Optional.ofNullable(status);
    }
}
