package dev.pier.datasource;

import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Opens new connections to the database of a data source, for its pool.
///
/// *Threads.* Safe for all threads.
final class DriverSource implements DataSource {
    /// How long the pool waits at its end for a connection that is being opened.
    private static final int CLOSE_SECONDS = 2;

    private final DataSourceSettings settings;

    DriverSource(DataSourceSettings settings) {
        this.settings = settings;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Properties properties = new Properties();
        properties.putAll(settings.properties());
        if (settings.user() != null) {
            properties.setProperty("user", settings.user());
        }
        @Nullable String password = password();
        if (password != null) {
            properties.setProperty("password", password);
        }
        @Nullable Connection connection = settings.driver().connect(settings.url(), properties);
        if (connection == null) {
            throw new SQLNonTransientConnectionException(
                    "the driver " + settings.driver().getClass().getName() + " does not accept the URL ("
                            + settings.key("url") + ")");
        }
        return connection;
    }

    private @Nullable String password() throws SQLException {
        try {
            return settings.password().read();
        } catch (IOException e) {
            throw new SQLNonTransientConnectionException(
                    e.getMessage() + " (" + settings.key("password-file") + ")", e);
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user is that of " + settings.key("user"));
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        // Drivers log through java.util.logging.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // DriverManager has one for all drivers of the JVM.
    }

    @Override
    public int getLoginTimeout() {
        return CLOSE_SECONDS;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return settings.driver().getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("not a wrapper for " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
