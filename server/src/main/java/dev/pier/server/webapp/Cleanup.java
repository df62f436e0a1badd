package dev.pier.server.webapp;

import java.beans.Introspector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes what the JDK keeps of an application after its end, so that its class loader can be collected.
///
/// The JDK's cache of beans is per thread group. Applications start and end on threads of one group; their requests
/// run on virtual threads, which have a group of their own.
///
/// *Threads.* Safe for all threads.
final class Cleanup {
    private static final Logger log = LoggerFactory.getLogger(Cleanup.class);

    /// The group of the threads on which applications start and end.
    private static final ThreadGroup APPLICATIONS = new ThreadGroup("applications");

    private Cleanup() {}

    /// Starts a thread on which an application starts or ends.
    static Thread startThread(String name, Runnable work) {
        return Thread.ofPlatform().group(APPLICATIONS).name(name).daemon().start(work);
    }

    /// Clears the caches of the thread groups, and removes JDBC drivers of an application that has ended.
    ///
    /// @param loader the application's class loader
    static void afterEnd(String application, ClassLoader loader) throws InterruptedException {
        for (String driver : new DriverLoader(loader).drivers().apply(loader)) {
            log.warn("{} has left the JDBC driver {} registered; it is removed", application, driver);
        }
        Thread platform = startThread("clean " + application, Introspector::flushCaches);
        Thread virtual = Thread.ofVirtual().start(Introspector::flushCaches);
        platform.join();
        virtual.join();
    }

    /// Removes the JDBC drivers of a class loader, and returns the names of their classes. Has no other classes than
    /// those of the JDK, because it is loaded again by a [DriverLoader].
    public static final class Drivers implements Function<ClassLoader, List<String>> {
        @Override
        public List<String> apply(ClassLoader loader) {
            List<String> removed = new ArrayList<>();
            for (Driver driver : Collections.list(DriverManager.getDrivers())) {
                if (loader.equals(driver.getClass().getClassLoader())) {
                    try {
                        DriverManager.deregisterDriver(driver);
                        removed.add(driver.getClass().getName());
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
            return removed;
        }
    }

    /// Loads [Drivers] below an application's class loader: DriverManager shows a driver only to callers that can load
    /// its class.
    private static final class DriverLoader extends ClassLoader {
        DriverLoader(ClassLoader application) {
            super(application);
        }

        @SuppressWarnings("unchecked")
        Function<ClassLoader, List<String>> drivers() {
            try (InputStream in = Drivers.class.getResourceAsStream("Cleanup$Drivers.class")) {
                byte[] code = Objects.requireNonNull(in).readAllBytes();
                Class<?> type = defineClass(Drivers.class.getName(), code, 0, code.length);
                return (Function<ClassLoader, List<String>>)
                        type.getConstructor().newInstance();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
