package dev.pier.spring.boot;

import dev.pier.erlang.ErlangModule;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Exposure;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.node.NodeRuntime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;

/// Lets Erlang reach the beans of the application: registers its `gen_server`s and listeners, and exposes its
/// modules.
///
/// *Lifecycle.* Starts before the web server, and stops after it: the exposed functions are withdrawn, running
/// calls and the messages that are being handled may finish, and then the processes end, the latest first.
///
/// *Threads.* Those that start and stop the context.
final class ErlangServing implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(ErlangServing.class);

    /// Below that of the web server, which is `WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE`.
    static final int PHASE = DEFAULT_PHASE - 3 * 1024;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ErlangNode node;
    private final ConfigurableListableBeanFactory beans;
    private final Duration timeout;
    private final Deque<Exposure> exposures = new ArrayDeque<>();
    private final Deque<ServedProcess> processes = new ArrayDeque<>();
    private volatile boolean running;

    /// @param timeout how long running calls and messages may take when the application stops
    ErlangServing(ErlangNode node, ConfigurableListableBeanFactory beans, Duration timeout) {
        this.node = node;
        this.beans = beans;
        this.timeout = timeout;
    }

    @Override
    public void start() {
        ServedBeans served = ServedBeans.of(beans);
        try {
            served.servers().forEach((name, bean) -> {
                ServedProcess process = new ServedProcess();
                processes.push(process);
                process.registered(node.register(name, process.server((GenServer) bean)));
            });
            for (ListenerMethod listener : served.listeners()) {
                ServedProcess process = new ServedProcess();
                processes.push(process);
                process.registered(listener.register(node, process));
            }
            served.modules().forEach((name, bean) -> exposures.push(expose(name, bean)));
        } catch (Throwable t) {
            withdraw();
            end(System.nanoTime());
            throw t;
        }
        running = true;
        if (!exposures.isEmpty() || !processes.isEmpty()) {
            log.info(
                    "Erlang reaches {} modules and {} processes of the application at {}",
                    exposures.size(),
                    processes.size(),
                    node.name());
        }
    }

    private Exposure expose(String name, Object bean) {
        try {
            return node.expose(bean);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "cannot expose the bean '" + name + "' with @" + ErlangModule.class.getSimpleName() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    @Override
    public void stop() {
        if (running) {
            running = false;
            long deadline = System.nanoTime() + timeout.toNanos();
            withdraw();
            awaitCalls(deadline);
            end(deadline);
        }
    }

    /// Not on the thread that stops the context, which waits for the other beans of the phase meanwhile.
    @Override
    public void stop(Runnable callback) {
        Thread.ofVirtual().name("erlang-stop").start(() -> {
            try {
                stop();
            } finally {
                callback.run();
            }
        });
    }

    private void withdraw() {
        while (!exposures.isEmpty()) {
            exposures.pop().close();
        }
    }

    private void awaitCalls(long deadline) {
        if (node instanceof NodeRuntime runtime) {
            while (runtime.callLimiter().running() > 0 && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            int left = runtime.callLimiter().running();
            if (left > 0) {
                log.warn(
                        "Stopping with {} running calls from Erlang: they took longer than {}"
                                + " (spring.lifecycle.timeout-per-shutdown-phase)",
                        left,
                        timeout);
            }
        }
    }

    private void end(long deadline) {
        while (!processes.isEmpty()) {
            processes.pop().end(deadline);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
