package dev.pier.server.systemd;

import dev.pier.server.task.PeriodicTask;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells systemd when the server is ready and when it stops, and answers its watchdog while the server is alive.
/// Does nothing without the environment variable `NOTIFY_SOCKET`, which systemd sets for services of `Type=notify`.
///
/// *Threads.* Safe for all threads. If systemd asks for it (`WATCHDOG_USEC`), a thread runs from [#ready] on.
///
/// SPEC: `sd_notify`(3), `sd_watchdog_enabled`(3)
public final class ServiceNotifier {
    private static final Logger log = LoggerFactory.getLogger(ServiceNotifier.class);

    /// For what a stop does beside its waits: the ends of applications and plugins.
    private static final Duration STOP_RESERVE = Duration.ofSeconds(60);

    /// A way to systemd.
    @FunctionalInterface
    interface Channel {
        void send(String message) throws IOException;
    }

    private final @Nullable Channel channel;
    private final @Nullable PeriodicTask watchdog;
    private final Supplier<List<String>> notLive;
    private final Supplier<List<String>> notReady;
    private volatile String readyStatus = "";
    private volatile boolean stopping;

    /// @param watchdogInterval the pause between two answers to the watchdog; zero for none
    /// @param notLive the names of the liveness checks that fail
    /// @param notReady the names of the readiness checks that fail
    ServiceNotifier(
            @Nullable Channel channel,
            Duration watchdogInterval,
            Supplier<List<String>> notLive,
            Supplier<List<String>> notReady) {
        this.channel = channel;
        this.notLive = notLive;
        this.notReady = notReady;
        this.watchdog = channel == null || watchdogInterval.isZero()
                ? null
                : new PeriodicTask(
                        "pier-watchdog", watchdogInterval, watchdogInterval, () -> channel.send(watchdogMessage()));
    }

    /// The notifier of this process.
    ///
    /// @param environment the variables of the process
    /// @param notLive the names of the liveness checks that fail, asked on the thread of the watchdog
    /// @param notReady the names of the readiness checks that fail, asked on the same thread
    public static ServiceNotifier of(
            Map<String, String> environment, Supplier<List<String>> notLive, Supplier<List<String>> notReady) {
        return new ServiceNotifier(channel(environment), watchdogInterval(environment), notLive, notReady);
    }

    private static @Nullable Channel channel(Map<String, String> environment) {
        String name = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (name.isEmpty()) {
            return null;
        }
        try {
            return new NotifySocket(name)::send;
        } catch (IOException e) {
            log.warn("Cannot notify systemd: {} (NOTIFY_SOCKET)", e.getMessage());
            return null;
        }
    }

    /// Half of the time after which systemd ends the service; zero without a watchdog, or with one of another process.
    static Duration watchdogInterval(Map<String, String> environment) {
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        if (!pid.isEmpty() && !pid.equals(String.valueOf(ProcessHandle.current().pid()))) {
            return Duration.ZERO;
        }
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        try {
            return micros.isEmpty()
                    ? Duration.ZERO
                    : Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(Long.parseLong(micros)) / 2);
        } catch (NumberFormatException _) {
            log.warn("Cannot answer systemd's watchdog: {} is not a number (WATCHDOG_USEC)", micros);
            return Duration.ZERO;
        }
    }

    /// Says that the server serves requests, and begins to answer the watchdog.
    ///
    /// @param status the line that `systemctl status` shows
    public void ready(String status) {
        readyStatus = status;
        send("READY=1\nSTATUS=" + status);
        if (watchdog != null) {
            watchdog.start();
        }
    }

    /// Says that the server stops. The watchdog is answered until the JVM ends.
    ///
    /// @param longest how long the requests may hold up the stop
    public void stopping(Duration longest) {
        send("STOPPING=1\nSTATUS=Stopping\nEXTEND_TIMEOUT_USEC="
                + longest.plus(STOP_RESERVE).toNanos() / 1000);
        stopping = true;
    }

    private String watchdogMessage() {
        if (stopping) {
            return "WATCHDOG=1";
        }
        List<String> dead = notLive.get();
        if (!dead.isEmpty()) {
            log.error("Not answering systemd's watchdog, which will end Pier: not live: {}", String.join(", ", dead));
            return "STATUS=Not live: " + String.join(", ", dead);
        }
        List<String> unready = notReady.get();
        return "WATCHDOG=1\nSTATUS=" + (unready.isEmpty() ? readyStatus : "Not ready: " + String.join(", ", unready));
    }

    private void send(String message) {
        if (channel != null) {
            try {
                channel.send(message);
            } catch (IOException e) {
                log.warn("Cannot notify systemd: {} (NOTIFY_SOCKET)", e.getMessage());
            }
        }
    }
}
