package dev.pier.datasource;

import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The JDBC drivers on the server's class path. Drivers of applications are not among them.
final class Drivers {
    private static final Logger log = LoggerFactory.getLogger(Drivers.class);

    private static final ClassLoader LOADER = Drivers.class.getClassLoader();

    private Drivers() {}

    /// There is no such driver. The message is the second half of a sentence that begins with the setting.
    static final class NoDriverException extends Exception {
        private static final long serialVersionUID = 1;

        NoDriverException(String message) {
            super(message);
        }
    }

    /// The first driver that accepts a URL.
    static Driver accepting(String url) throws NoDriverException {
        List<String> names = new ArrayList<>();
        Iterator<Driver> all = ServiceLoader.load(Driver.class, LOADER).iterator();
        while (true) {
            try {
                if (!all.hasNext()) {
                    break;
                }
                Driver driver = all.next();
                if (accepts(driver, url)) {
                    return driver;
                }
                names.add(driver.getClass().getName());
            } catch (ServiceConfigurationError | LinkageError e) {
                log.warn("A JDBC driver on the class path cannot be loaded: {}", e.toString());
            }
        }
        throw new NoDriverException("is accepted by no JDBC driver: put the driver's jar into lib/ext (drivers there: "
                + (names.isEmpty() ? "none" : String.join(", ", names)) + ")");
    }

    /// The driver with a class name.
    static Driver named(String className, String url) throws NoDriverException {
        Driver driver;
        try {
            driver = Class.forName(className, true, LOADER)
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ClassNotFoundException _) {
            throw new NoDriverException("names a class that is not found: put the driver's jar into lib/ext");
        } catch (ClassCastException _) {
            throw new NoDriverException("names a class that is no java.sql.Driver");
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new NoDriverException("names a driver that cannot be created: " + e);
        }
        if (!accepts(driver, url)) {
            throw new NoDriverException("names a driver that does not accept the url");
        }
        return driver;
    }

    private static boolean accepts(Driver driver, String url) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException _) {
            return false;
        }
    }
}
