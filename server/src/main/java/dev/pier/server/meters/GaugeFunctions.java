package dev.pier.server.meters;

import dev.pier.server.task.LogInterval;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The functions of one gauge: one for each version of the application that has it. The newest gives the
/// value.
///
/// *Threads.* Safe for all threads. Functions of applications run on the thread that asks for the value.
final class GaugeFunctions {
    private static final Logger log = LoggerFactory.getLogger(GaugeFunctions.class);

    /// A function of a version of the application.
    ///
    /// @param loader the context class loader for it
    private record Function(
            AppMeters owner, DoubleSupplier value, @Nullable ClassLoader loader) {}

    private final MeterKey key;
    private final List<Function> functions = new CopyOnWriteArrayList<>();
    private final LogInterval failures = new LogInterval();

    GaugeFunctions(MeterKey key) {
        this.key = key;
    }

    /// Adds the function of a version, instead of the one that it had.
    void put(AppMeters owner, DoubleSupplier value) {
        remove(owner);
        functions.add(new Function(owner, value, Thread.currentThread().getContextClassLoader()));
    }

    /// Forgets the function of a version, and with it the application's classes.
    void remove(AppMeters owner) {
        functions.removeIf(function -> function.owner() == owner);
    }

    double value() {
        Function newest = null;
        for (Function function : functions) {
            newest = function;
        }
        return newest == null ? Double.NaN : call(newest);
    }

    private double call(Function function) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(function.loader());
        try {
            return function.value().getAsDouble();
        } catch (RuntimeException | Error e) {
            if (failures.permits()) {
                // Without the stack trace, whose exception would hold the application's classes.
                log.warn(
                        "The gauge {} of {} has no value: its function throws {}",
                        key.name(),
                        key.application(),
                        e.toString());
            }
            return Double.NaN;
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
