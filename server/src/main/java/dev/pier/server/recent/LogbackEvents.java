package dev.pier.server.recent;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.pier.server.http.HttpServer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/// Passes the events of Logback on. It stays when Logback reads a changed `logback.xml`.
///
/// *Threads.* Runs on each thread that logs.
final class LogbackEvents extends UnsynchronizedAppenderBase<ILoggingEvent> implements LoggerContextListener {
    private final RecentEvents events;
    private final Logger root;

    private LogbackEvents(RecentEvents events, Logger root) {
        this.events = events;
        this.root = root;
    }

    /// Passes the events of this JVM from now on.
    ///
    /// @return ends that
    static Runnable pass(RecentEvents events) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        LogbackEvents appender = new LogbackEvents(events, context.getLogger(Logger.ROOT_LOGGER_NAME));
        appender.setContext(context);
        appender.attach();
        context.addListener(appender);
        return () -> {
            context.removeListener(appender);
            appender.root.detachAppender(appender);
            appender.stop();
        };
    }

    private void attach() {
        start();
        root.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLoggerName().equals(HttpServer.ACCESS_LOGGER)) {
            return;
        }
        Instant at = Instant.ofEpochMilli(event.getTimeStamp());
        @Nullable IThrowableProxy thrown = event.getThrowableProxy();
        @Nullable String stackTrace = thrown == null ? null : ThrowableProxyUtil.asString(thrown);
        events.add(new LogLine(
                at,
                event.getLevel().toString(),
                event.getThreadName(),
                event.getLoggerName(),
                event.getFormattedMessage(),
                stackTrace));
        @Nullable Object reference = value(event, "reference");
        if (reference != null) {
            events.add(new Failure(
                    reference.toString(),
                    at,
                    Objects.toString(value(event, "request"), null),
                    event.getFormattedMessage(),
                    value(event, "failure") instanceof Throwable failure
                            ? ThrowableProxyUtil.asString(new ThrowableProxy(failure))
                            : stackTrace));
        }
    }

    private static @Nullable Object value(ILoggingEvent event, String key) {
        @Nullable List<KeyValuePair> pairs = event.getKeyValuePairs();
        return pairs == null
                ? null
                : pairs.stream()
                        .filter(it -> it.key.equals(key))
                        .map(it -> it.value)
                        .findFirst()
                        .orElse(null);
    }

    @Override
    public boolean isResetResistant() {
        return true;
    }

    /// Logback has detached all appenders.
    @Override
    public void onReset(LoggerContext context) {
        attach();
    }

    @Override
    public void onStart(LoggerContext context) {}

    @Override
    public void onStop(LoggerContext context) {}

    @Override
    public void onLevelChange(Logger logger, Level level) {}
}
