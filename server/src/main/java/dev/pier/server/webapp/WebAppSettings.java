package dev.pier.server.webapp;

import dev.pier.server.config.Section;
import java.nio.file.Path;
import java.time.Duration;

/// `webapps { … }`: where the applications are, and how they are taken up.
///
/// @param folder what is put here is deployed
/// @param work where the private copies go that applications run from
/// @param scanInterval how often the folder is looked at; a change is taken up when two looks agree. Zero: only at
/// start
/// @param startTimeout how long an application may take to start before it counts as failed
/// @param drainTimeout how long requests may stay in an application that has been replaced or removed
public record WebAppSettings(
        Path folder, Path work, Duration scanInterval, Duration startTimeout, Duration drainTimeout) {

    public static WebAppSettings read(Section section) {
        return new WebAppSettings(
                section.path("folder", "../webapps"),
                section.path("work", "../work"),
                section.duration("scan-interval", Duration.ofSeconds(1), Duration.ZERO, Duration.ofHours(1)),
                section.duration("start-timeout", Duration.ofMinutes(2), Duration.ofSeconds(1), Duration.ofHours(1)),
                section.duration("drain-timeout", Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(1)));
    }
}
