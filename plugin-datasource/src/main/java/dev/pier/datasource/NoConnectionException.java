package dev.pier.datasource;

import dev.pier.server.plugin.RetryLater;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/// A data source has given no connection in time: its database is away, or all connections of its pool are in use.
final class NoConnectionException extends SQLTransientConnectionException implements RetryLater {
    private static final long serialVersionUID = 1;

    NoConnectionException(String message, SQLException cause) {
        super(message, cause.getSQLState(), cause.getErrorCode(), cause);
    }

    @Override
    public String forClients() {
        return "A database is not available now";
    }
}
