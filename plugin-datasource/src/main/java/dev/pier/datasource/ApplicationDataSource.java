package dev.pier.datasource;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// A data source as one version of an application has it. All of them share the pool.
///
/// *Threads.* Safe for all threads.
///
/// *Lifecycle.* Closed by the server after the application has ended. Connections that the application has not
/// returned by then are closed, so that they neither stay out of the pool nor keep its class loader.
final class ApplicationDataSource implements DataSource, AutoCloseable {
    private static final org.slf4j.Logger log = LoggerFactory.getLogger(ApplicationDataSource.class);

    private final String application;
    private final Pool pool;
    private final Object lock = new Object();

    /// Connections that may not have been returned yet; those that have been are removed from time to time.
    /// Guarded by `lock`.
    private final List<Connection> borrowed = new ArrayList<>();

    /// Guarded by `lock`.
    private boolean closed;

    /// @param application its path
    ApplicationDataSource(String application, Pool pool) {
        this.application = application;
        this.pool = pool;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = pool.connection();
        if (!noted(connection)) {
            connection.close();
            throw new SQLException("no connection of " + pool + " for " + application + ": the application has ended");
        }
        return connection;
    }

    /// Notes a connection, unless the application has ended.
    private boolean noted(Connection connection) throws SQLException {
        synchronized (lock) {
            if (!closed) {
                if (borrowed.size() >= 2 * pool.settings().pool().size()) {
                    borrowed.removeIf(ApplicationDataSource::isReturned);
                }
                borrowed.add(connection);
            }
            return !closed;
        }
    }

    private static boolean isReturned(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException _) {
            return true;
        }
    }

    @Override
    public void close() {
        List<Connection> left;
        synchronized (lock) {
            closed = true;
            borrowed.removeIf(ApplicationDataSource::isReturned);
            left = List.copyOf(borrowed);
            borrowed.clear();
        }
        if (!left.isEmpty()) {
            log.warn(
                    "{} has not returned {} of the connections of {}: they are closed ({} shows where an application"
                            + " has borrowed such connections)",
                    application,
                    left.size(),
                    pool,
                    pool.settings().key("pool.leak-detection"));
            left.forEach(pool::evict);
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "the user of " + pool + " is that of " + pool.settings().key("user"));
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public int getLoginTimeout() {
        return Math.toIntExact(
                Math.max(1, pool.settings().pool().connectionTimeout().toSeconds()));
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "the timeout of " + pool + " is that of " + pool.settings().key("pool.connection-timeout"));
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("the data source " + pool + " is not a wrapper for " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public String toString() {
        return pool.toString();
    }
}
