package dev.pier.datasource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The pool of one data source, and the thread that checks whether its database answers.
///
/// *Threads.* Safe for all threads.
///
/// *Lifecycle.* Started without waiting for the database. While that does not answer, the pool tries again, with
/// pauses up to 5 s.
final class Pool implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Pool.class);

    /// How often an unused connection is used, so that no firewall on its way forgets it.
    private static final Duration KEEPALIVE = Duration.ofMinutes(2);

    private static final Duration MAX_VALIDATION = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /// Whether the database answers.
    enum State {
        /// It is not known yet.
        CONNECTING,
        UP,
        DOWN
    }

    /// The result of the latest check.
    ///
    /// @param since when the state has begun
    /// @param problem null unless the database is down
    record Condition(State state, Instant since, @Nullable String problem) {}

    private final DataSourceSettings settings;
    private final HikariDataSource hikari;
    private final PoolThreads threads;
    private final Thread checker;
    private volatile Condition condition = new Condition(State.CONNECTING, Instant.now(), null);

    private Pool(DataSourceSettings settings, HikariDataSource hikari, PoolThreads threads) {
        this.settings = settings;
        this.hikari = hikari;
        this.threads = threads;
        checker = threads.newThread(this::checkUntilClosed);
    }

    static Pool start(DataSourceSettings settings, MeterRegistry metrics) {
        PoolSettings pool = settings.pool();
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.jndiName());
        config.setDataSource(new DriverSource(settings));
        config.setMaximumPoolSize(pool.size());
        config.setMinimumIdle(pool.minIdle());
        config.setConnectionTimeout(pool.connectionTimeout().toMillis());
        config.setValidationTimeout(validation(pool).toMillis());
        config.setMaxLifetime(pool.maxLifetime().toMillis());
        config.setKeepaliveTime(pool.maxLifetime().compareTo(KEEPALIVE) > 0 ? KEEPALIVE.toMillis() : 0);
        if (pool.minIdle() < pool.size()) {
            config.setIdleTimeout(pool.idleTimeout().toMillis());
        }
        config.setLeakDetectionThreshold(pool.leakDetection().toMillis());
        // The server starts without the database.
        config.setInitializationFailTimeout(-1);
        config.setMetricRegistry(metrics);
        PoolThreads threads = new PoolThreads(settings.jndiName());
        config.setThreadFactory(threads);
        Pool started = new Pool(settings, new HikariDataSource(config), threads);
        started.checker.start();
        return started;
    }

    private static Duration validation(PoolSettings pool) {
        return pool.connectionTimeout().compareTo(MAX_VALIDATION) < 0 ? pool.connectionTimeout() : MAX_VALIDATION;
    }

    DataSourceSettings settings() {
        return settings;
    }

    Condition condition() {
        return condition;
    }

    /// Connections in use.
    int active() {
        return pool().getActiveConnections();
    }

    /// Connections that are open and unused.
    int idle() {
        return pool().getIdleConnections();
    }

    /// Threads that wait for a connection.
    int waiting() {
        return pool().getThreadsAwaitingConnection();
    }

    private HikariPool pool() {
        return (HikariPool) Objects.requireNonNull(hikari.getHikariPoolMXBean());
    }

    /// Borrows a connection.
    ///
    /// @throws NoConnectionException if none is free within `connection-timeout`
    Connection connection() throws SQLException {
        try {
            return hikari.getConnection();
        } catch (SQLTransientConnectionException e) {
            throw new NoConnectionException(
                    "no connection of " + this + " within "
                            + settings.pool().connectionTimeout().toMillis() + " ms: " + reason(e) + " ("
                            + settings.key("pool.connection-timeout") + ")",
                    e);
        }
    }

    private String reason(SQLException timeout) {
        if (isFull()) {
            return "all " + settings.pool().size() + " are in use (" + settings.key("pool.size") + ")";
        }
        @Nullable Throwable cause = timeout.getCause();
        return cause == null || cause.getMessage() == null
                ? "the database does not answer"
                : sentence(cause.getMessage());
    }

    /// In one line, without a full stop.
    private static String sentence(String message) {
        return message.strip().replaceAll("\\s+", " ").replaceFirst("[. ]+$", "");
    }

    /// Whether all connections are in use, as far as the pool may have them.
    private boolean isFull() {
        return pool().getActiveConnections() >= settings.pool().size();
    }

    /// Closes a connection that its borrower does not return.
    void evict(Connection connection) {
        hikari.evictConnection(connection);
    }

    private void checkUntilClosed() {
        try {
            while (!hikari.isClosed()) {
                check();
                Thread.sleep(settings.pool().checkInterval());
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    /// Borrows a connection and asks whether it works. Dead ones are closed, until the pool opens a new one or
    /// fails to.
    private void check() throws InterruptedException {
        Duration timeout = validation(settings.pool());
        try {
            for (int dead = 0; dead <= settings.pool().size(); dead++) {
                if (isFull()) {
                    return; // This tells nothing about the database.
                }
                try (Connection connection = pool().getConnection(timeout.toMillis())) {
                    if (connection.isValid(Math.toIntExact(Math.max(1, timeout.toSeconds())))) {
                        note(State.UP, null);
                        return;
                    }
                    evict(connection);
                }
            }
        } catch (SQLException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (!isFull()) {
                note(State.DOWN, reason(e));
            }
        } catch (RuntimeException e) {
            log.error("The check of {} failed", this, e);
        }
    }

    private void note(State state, @Nullable String problem) {
        Condition before = condition;
        boolean sameState = before.state() == state;
        if (sameState && Objects.equals(before.problem(), problem)) {
            return;
        }
        condition = new Condition(state, sameState ? before.since() : Instant.now(), problem);
        if (state == State.DOWN) {
            log.warn(
                    "Cannot connect to the database of {}: {}. Requests that need it fail after {} ms ({}); Pier tries"
                            + " again until it answers",
                    this,
                    problem,
                    settings.pool().connectionTimeout().toMillis(),
                    settings.key("pool.connection-timeout"));
        } else if (before.state() == State.DOWN) {
            log.info(
                    "The database of {} answers again, after {} s",
                    this,
                    Duration.between(before.since(), Instant.now()).toSeconds());
        } else {
            log.info("{} is connected to {}", this, settings.shownUrl());
        }
    }

    @Override
    public void close() {
        threads.interrupt();
        try {
            boolean _ = checker.join(CLOSE_TIMEOUT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        hikari.close();
    }

    /// The name by which applications and operators know the data source.
    @Override
    public String toString() {
        return settings.jndiName();
    }
}
