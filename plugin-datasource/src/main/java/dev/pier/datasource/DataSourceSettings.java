package dev.pier.datasource;

import dev.pier.pem.KeyFileException;
import dev.pier.pem.SecretFile;
import dev.pier.server.config.Section;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The settings of one data source: a section `datasources.<name>` of `server.conf`.
///
/// @param driver accepts the URL
/// @param user null if the driver needs none
/// @param properties for the driver
/// @param required whether the server is not ready while the database does not answer
record DataSourceSettings(
        String name,
        String url,
        Driver driver,
        @Nullable String user,
        Password password,
        Map<String, String> properties,
        boolean required,
        PoolSettings pool) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

    /// `password=…` in the query, `//user:password@host`, and `user/password@host` as Oracle writes it.
    private static final Pattern URL_WITH_PASSWORD = Pattern.compile(
            "(?i).*((password|passphrase|pwd|secret|token)\\s*=|//[^/@?;]*:[^/@?;]*@|:thin:[^/@]*/[^@]*@).*");

    /// The name by which applications get the data source, and operators see it.
    String jndiName() {
        return "jdbc/" + name;
    }

    /// The key of a setting, for messages.
    String key(String setting) {
        return "datasources." + name + "." + setting;
    }

    /// The URL without the parameters for the driver, which may be long and secret.
    String shownUrl() {
        return url.split("[?;]", 2)[0];
    }

    /// Reads all data sources. Problems are reported to their sections.
    static List<DataSourceSettings> read(Section section) {
        List<DataSourceSettings> all = new ArrayList<>();
        section.sections().forEach((name, each) -> {
            if (!NAME.matcher(name).matches()) {
                section.problem(name, "is no name of a data source: expected letters, digits, - and _");
            }
            read(name, each).ifPresent(all::add);
        });
        return all;
    }

    private static Optional<DataSourceSettings> read(String name, Section section) {
        Optional<String> url = section.string("url");
        Optional<String> driverName = section.string("driver");
        @Nullable String user = section.string("user").orElse(null);
        Password password = password(section);
        Map<String, String> properties = Map.copyOf(section.texts("properties"));
        boolean required = section.flag("required", false);
        PoolSettings pool = PoolSettings.read(section.section("pool"));
        if (properties.containsKey("user") || properties.containsKey("password")) {
            section.problem("properties", "has the user or the password: use user and password-file");
        }
        if (url.isEmpty()) {
            section.problem("url", "is missing: the JDBC URL of the database, such as jdbc:postgresql://db/shop");
            return Optional.empty();
        }
        if (URL_WITH_PASSWORD.matcher(url.get()).matches()) {
            section.problem("url", "has a password in it: use user and password-file");
        }
        return driver(section, url.get(), driverName)
                .map(driver ->
                        new DataSourceSettings(name, url.get(), driver, user, password, properties, required, pool));
    }

    private static Password password(Section section) {
        Optional<String> value = section.secret("password");
        Optional<Path> file = section.path("password-file");
        if (value.isPresent() && file.isPresent()) {
            section.problem("password", "is given together with password-file: use one of the two");
        }
        if (file.isEmpty()) {
            return new Password.Fixed(value.orElse(null));
        }
        try {
            SecretFile.password(file.get());
        } catch (KeyFileException e) {
            section.problem("password-file", String.valueOf(e.getMessage()));
        }
        return new Password.FirstLine(file.get());
    }

    private static Optional<Driver> driver(Section section, String url, Optional<String> className) {
        try {
            return Optional.of(className.isPresent() ? Drivers.named(className.get(), url) : Drivers.accepting(url));
        } catch (Drivers.NoDriverException e) {
            section.problem(className.isPresent() ? "driver" : "url", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
