package dev.pier.server.http;

import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance.Violation;

/// The paths that Jetty refuses by default because decoding changes their segments, and that an application or
/// a mount may take as they are: with an encoded slash, an encoded percent sign, or an empty segment. Pure.
final class AmbiguousPaths {
    static final List<Violation> VIOLATIONS = List.of(
            Violation.AMBIGUOUS_PATH_SEPARATOR, Violation.AMBIGUOUS_PATH_ENCODING, Violation.AMBIGUOUS_EMPTY_SEGMENT);

    private AmbiguousPaths() {}

    /// The ambiguous part of a path, with the setting that would accept it; empty if the path is clear.
    static Optional<String> problem(HttpURI uri) {
        return uri.hasViolations()
                ? VIOLATIONS.stream()
                        .filter(uri::hasViolation)
                        .findFirst()
                        .map(it ->
                                it.getDescription() + " (only applications and mounts with raw-path = true accept it)")
                : Optional.empty();
    }
}
