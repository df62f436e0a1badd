package dev.pier.server.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServiceNotifierTest {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private volatile List<String> notLive = List.of();
    private volatile List<String> notReady = List.of();

    private ServiceNotifier notifier(Duration watchdogInterval) {
        return new ServiceNotifier(messages::add, watchdogInterval, () -> notLive, () -> notReady);
    }

    private String next() throws InterruptedException {
        String message = messages.poll(30, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message within 30 s");
        }
        return message;
    }

    /// Waits for a message of the watchdog that differs from those before.
    private String nextAfter(String before) throws InterruptedException {
        String message = next();
        while (message.equals(before)) {
            message = next();
        }
        return message;
    }

    @Test
    void theStartAndTheStopAreTold() {
        ServiceNotifier notifier = notifier(Duration.ZERO);
        notifier.ready("Serving");
        notifier.stopping(Duration.ofSeconds(30));

        assertThat(messages)
                .containsExactly(
                        "READY=1\nSTATUS=Serving", "STOPPING=1\nSTATUS=Stopping\nEXTEND_TIMEOUT_USEC=90000000");
    }

    @Test
    void theWatchdogIsAnsweredWhileTheServerIsLive() throws Exception {
        ServiceNotifier notifier = notifier(Duration.ofMillis(1));
        notifier.ready("Serving");
        assertThat(next()).isEqualTo("READY=1\nSTATUS=Serving");
        assertThat(next()).isEqualTo("WATCHDOG=1\nSTATUS=Serving");

        notReady = List.of("disk", "mail");
        assertThat(nextAfter("WATCHDOG=1\nSTATUS=Serving")).isEqualTo("WATCHDOG=1\nSTATUS=Not ready: disk, mail");

        notLive = List.of("deployer");
        assertThat(nextAfter("WATCHDOG=1\nSTATUS=Not ready: disk, mail")).isEqualTo("STATUS=Not live: deployer");
        assertThat(next()).isEqualTo("STATUS=Not live: deployer");

        // A stop takes as long as it takes, and the checks of stopped parts say nothing.
        notifier.stopping(Duration.ZERO);
        assertThat(nextAfter("STATUS=Not live: deployer")).startsWith("STOPPING=1");
        assertThat(nextAfter("STATUS=Not live: deployer")).isEqualTo("WATCHDOG=1");
    }

    @Test
    void aFailedMessageHindersNothing() {
        ServiceNotifier notifier = new ServiceNotifier(
                _ -> {
                    throw new IOException("no socket");
                },
                Duration.ZERO,
                List::of,
                List::of);
        notifier.ready("Serving");
        notifier.stopping(Duration.ZERO);
    }

    @Test
    void theWatchdogIsThatOfThisProcess() {
        String pid = String.valueOf(ProcessHandle.current().pid());
        assertThat(ServiceNotifier.watchdogInterval(Map.of())).isZero();
        assertThat(ServiceNotifier.watchdogInterval(Map.of("WATCHDOG_USEC", "3000000")))
                .hasMillis(1500);
        assertThat(ServiceNotifier.watchdogInterval(Map.of("WATCHDOG_USEC", "3000000", "WATCHDOG_PID", pid)))
                .hasMillis(1500);
        assertThat(ServiceNotifier.watchdogInterval(Map.of("WATCHDOG_USEC", "3000000", "WATCHDOG_PID", "1")))
                .isZero();
        assertThat(ServiceNotifier.watchdogInterval(Map.of("WATCHDOG_USEC", "soon")))
                .isZero();
    }
}
