package dev.pier.erlang.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/// What this JVM logs from here on, at debug level and above, in place of what the tests would show.
///
/// A real node that reconnects in another test may log too: ask for lines that name the peer in question.
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final String PIER = "dev.pier";

    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Level levelBefore;

    private LogCapture(Logger logger) {
        this.logger = logger;
        levelBefore = logger.getLevel();
    }

    /// Captures what Pier itself logs.
    public static LogCapture begin() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        LogCapture capture = new LogCapture(context.getLogger(PIER));
        capture.setContext(context);
        capture.attach();
        return capture;
    }

    private void attach() {
        start();
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
    }

    /// The messages of a level or above, `WARN` for one, that hold a text.
    public List<String> lines(Level atLeast, String text) {
        return events.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(atLeast))
                .map(ILoggingEvent::getFormattedMessage)
                .filter(message -> message.contains(text))
                .toList();
    }

    /// The warnings and errors that hold a text.
    public List<String> warnings(String text) {
        return lines(Level.WARN, text);
    }

    /// All of it, stack traces included.
    public String text() {
        StringBuilder text = new StringBuilder();
        for (ILoggingEvent event : events) {
            text.append(event.getLevel())
                    .append(' ')
                    .append(event.getFormattedMessage())
                    .append('\n');
            if (event.getThrowableProxy() != null) {
                text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(levelBefore);
        logger.setAdditive(true);
        stop();
    }
}
