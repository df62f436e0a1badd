package dev.pier.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/// The messages that a logger and those below it write from now on, until it is closed.
///
/// *Threads.* Safe for all threads.
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Level levelBefore;

    private LogLines(Logger logger) {
        this.logger = logger;
        levelBefore = logger.getLevel();
    }

    /// Captures at the level that the logger has.
    public static LogLines of(String logger) {
        LogLines lines = new LogLines((Logger) LoggerFactory.getLogger(logger));
        lines.start();
        lines.logger.addAppender(lines);
        return lines;
    }

    /// Captures at a level that is set until the end.
    public static LogLines of(String logger, Level level) {
        LogLines lines = of(logger);
        lines.logger.setLevel(level);
        return lines;
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
    }

    public List<ILoggingEvent> events() {
        return List.copyOf(events);
    }

    public List<String> messages() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    public List<String> warnings() {
        return events.stream()
                .filter(it -> it.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    public String text() {
        return messages().stream().collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(levelBefore);
        stop();
    }
}
