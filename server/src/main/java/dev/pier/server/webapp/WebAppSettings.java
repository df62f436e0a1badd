package dev.pier.server.webapp;

import dev.pier.server.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// The section `webapps { … }`.
///
/// @param folder the folder whose archives and folders are deployed
/// @param work the folder for the private copies from which applications run
/// @param maxSize bytes of the copy of one application
/// @param followLinks whether links in a folder may lead out of it; links inside a folder are always followed
/// @param jettyXml whether an application may configure Jetty, with `WEB-INF/jetty-web.xml`
/// @param scanInterval how often the folder is scanned; a change is deployed when two scans agree. Zero: at start
///     only
/// @param startTimeout how long an application may take to start before its deployment fails
/// @param cacheControl the header `Cache-Control` of static files; empty for none
/// @param drainTimeout how long requests may continue in an application that has been replaced or removed
/// @param apps the settings of single applications, by the names of their files without extension
public record WebAppSettings(
        Path folder,
        Path work,
        long maxSize,
        boolean followLinks,
        boolean jettyXml,
        Duration scanInterval,
        Duration startTimeout,
        String cacheControl,
        Duration drainTimeout,
        Map<String, AppSettings> apps) {
    private static final long MIB = 1024 * 1024;

    /// @param maxRequestBody bytes of a request body, for applications that have no limit of their own
    public static WebAppSettings read(Section section, long maxRequestBody) {
        return new WebAppSettings(
                section.path("folder", "../webapps"),
                section.path("work", "../work"),
                section.bytes("max-size", 256 * MIB, MIB, 1024 * 1024 * MIB),
                section.flag("follow-links", false),
                section.flag("jetty-xml", false),
                section.duration("scan-interval", Duration.ofSeconds(1), Duration.ZERO, Duration.ofHours(1)),
                section.duration("start-timeout", Duration.ofMinutes(2), Duration.ofSeconds(1), Duration.ofHours(1)),
                cacheControl(section),
                section.duration("drain-timeout", Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(1)),
                apps(section.sections("apps"), maxRequestBody));
    }

    private static Map<String, AppSettings> apps(Map<String, Section> sections, long maxRequestBody) {
        Map<String, AppSettings> apps = new HashMap<>();
        sections.forEach((name, section) -> apps.put(name, AppSettings.read(name, section, maxRequestBody)));
        return apps;
    }

    /// These settings with the single applications of others.
    public WebAppSettings withApps(WebAppSettings others) {
        return new WebAppSettings(
                folder,
                work,
                maxSize,
                followLinks,
                jettyXml,
                scanInterval,
                startTimeout,
                cacheControl,
                drainTimeout,
                others.apps());
    }

    /// The settings of an application.
    ///
    /// @param name of its file without the extension
    AppSettings app(String name) {
        return apps.getOrDefault(name, AppSettings.DEFAULT);
    }

    private static String cacheControl(Section section) {
        String value = section.string("cache-control").orElse("");
        if (!value.chars().allMatch(c -> c >= ' ' && c < 127)) {
            section.problem("cache-control", "has characters other than ASCII");
        }
        return value;
    }
}
