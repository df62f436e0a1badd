package dev.pier.server.aot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates the AOT cache for the next start, if `bin/pier` has found none: some time after this start, once, by
/// `bin/pier aot` in a process of the lowest priority. Left out if the machine or container has too little memory for
/// that process.
///
/// *Threads.* A daemon thread waits for the process. All methods are safe for all threads.
///
/// *Lifecycle.* Started once. [#stop] ends the process and everything it has started.
public final class AotCacheCreation {
    /// The launcher to run, which `bin/pier` sets if it has found no cache.
    private static final String COMMAND = "pier.aot.command";

    /// The seconds from the start of the server to that of the process.
    private static final String DELAY = "pier.aot.delay";

    /// A creation takes about 320 MiB.
    private static final long MIN_FREE_MEMORY = 768L << 20;

    private static final long MIB = 1L << 20;
    private static final String LOWEST_PRIORITY = "19";
    private static final Logger log = LoggerFactory.getLogger(AotCacheCreation.class);

    private final List<String> command;
    private final Duration delay;
    private final FreeMemory memory;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Object lock = new Object();
    private @Nullable Process process; // Guarded by lock.

    AotCacheCreation(List<String> command, Duration delay, FreeMemory memory) {
        this.command = List.copyOf(command);
        this.delay = delay;
        this.memory = memory;
    }

    /// The creation that `bin/pier` asks for, unless the settings switch it off.
    public static Optional<AotCacheCreation> asked(StartSettings settings) {
        String launcher = System.getProperty(COMMAND);
        if (launcher == null || settings.aot() == StartSettings.Aot.OFF) {
            return Optional.empty();
        }
        return Optional.of(new AotCacheCreation(
                List.of("nice", "-n", LOWEST_PRIORITY, launcher, "aot"),
                Duration.ofSeconds(Long.getLong(DELAY, 0)),
                FreeMemory.ofMachine()));
    }

    public void start() {
        Thread.ofPlatform().daemon().name("pier-aot").start(this::run);
    }

    void run() {
        try {
            if (!stopping.await(delay.toNanos(), TimeUnit.NANOSECONDS) && hasMemory()) {
                create();
            }
        } catch (IOException e) {
            log.info("The AOT cache cannot be created: {}. start.aot = off leaves it out", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean hasMemory() throws IOException {
        long free = memory.bytes();
        if (free < MIN_FREE_MEMORY) {
            log.info(
                    "The AOT cache is not created: {} MiB of memory are free, and at least {} have to be. 'bin/pier aot'"
                            + " creates it in any case",
                    free / MIB,
                    MIN_FREE_MEMORY / MIB);
        }
        return free >= MIN_FREE_MEMORY;
    }

    private void create() throws IOException, InterruptedException {
        Process started = launch();
        if (started == null) {
            return;
        }
        List<String> lines = new ArrayList<>();
        try (BufferedReader output = started.inputReader(UTF_8)) {
            output.lines().forEach(lines::add);
        }
        int status = started.waitFor();
        String last = lines.isEmpty() ? "no output" : lines.getLast();
        if (status == 0) {
            log.info("{}: the next start takes about half the time", last);
        } else if (stopping.getCount() > 0) {
            log.warn(
                    "The AOT cache could not be created (exit status {}), and is not tried again: {}. 'bin/pier aot' shows"
                            + " the whole output",
                    status,
                    last);
        }
    }

    /// Starts the process, unless the server is stopping.
    private @Nullable Process launch() throws IOException {
        synchronized (lock) {
            if (stopping.getCount() == 0) {
                return null;
            }
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return process;
        }
    }

    /// Ends the creation, if it is under way.
    public void stop() {
        synchronized (lock) {
            stopping.countDown();
            if (process != null) {
                // The shell ends only after the Java that it waits for.
                try (Stream<ProcessHandle> descendants = process.descendants()) {
                    descendants.forEach(ProcessHandle::destroy);
                }
                process.destroy();
            }
        }
    }
}
