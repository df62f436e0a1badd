package dev.pier.server.webapp;

import dev.pier.server.webapp.AppStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One file of the folder through its versions: a new version takes over only once it has started; if it cannot, the
/// one before it goes on. For the deploying thread; the status can be read by any.
final class Application {
    private static final Logger log = LoggerFactory.getLogger(Application.class);

    private final AppSource first;
    private final Deployer deployer;
    private @Nullable RunningApp running;
    // The state of the file that was dealt with last, well or badly.
    private @Nullable Fingerprint handled;
    private volatile @Nullable AppStatus status;

    Application(AppSource first, Deployer deployer) {
        this.first = first;
        this.deployer = deployer;
    }

    /// Deploys a state of the file, unless it was dealt with already.
    void deploy(AppSource source) throws InterruptedException {
        if (source.fingerprint().equals(handled)) {
            return;
        }
        Optional<String> rival = deployer.rivalOf(source);
        if (rival.isPresent()) {
            // Not dealt with: as soon as the other is gone, this one can have the path.
            failOnce(source, "the path " + source.contextPath() + " is already served by " + rival.get());
            return;
        }
        long begin = System.nanoTime();
        try {
            deployer.deploy(source).ifPresent(started -> replace(started, begin));
        } catch (DeploymentException e) {
            fail(source, String.valueOf(e.getMessage()), e.getCause());
        } catch (IOException e) {
            fail(source, "it cannot be copied: " + e, e);
        }
    }

    private void replace(RunningApp started, long begin) {
        @Nullable RunningApp old = running;
        AppSource source = started.source();
        running = started;
        handled = source.fingerprint();
        status = new AppStatus(source.file(), source.contextPath(), State.DEPLOYED, Optional.empty(), Instant.now());
        log.info(
                "{} {} at {} in {} ms",
                old == null ? "deployed" : "redeployed",
                source.file(),
                source.contextPath(),
                Duration.ofNanos(System.nanoTime() - begin).toMillis());
        if (old != null) {
            deployer.retire(old);
        }
    }

    private void failOnce(AppSource source, String reason) {
        @Nullable AppStatus before = status;
        if (before == null || !before.reason().equals(Optional.of(reason))) {
            fail(source, reason, null);
            handled = null;
        }
    }

    private void fail(AppSource source, String reason, @Nullable Throwable cause) {
        handled = source.fingerprint();
        State state = running == null ? State.FAILED : State.FAILED_OLD_SERVING;
        status = new AppStatus(source.file(), source.contextPath(), state, Optional.of(reason), Instant.now());
        log.error("{} {}: {}", source.file(), state, reason, cause);
    }

    /// Takes the application away; requests inside may end.
    void undeploy() {
        if (running != null) {
            deployer.undeploy(running);
            running = null;
        }
        log.info("undeployed {} from {}", first.file(), first.contextPath());
    }

    /// Ends the application at once.
    void end() {
        if (running != null) {
            running.end();
            running = null;
        }
    }

    Optional<AppStatus> status() {
        return Optional.ofNullable(status);
    }
}
