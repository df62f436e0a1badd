/// The traces that requests belong to: W3C Trace Context, and OpenTelemetry where it is on the class path.
@NullMarked
package dev.pier.server.trace;

import org.jspecify.annotations.NullMarked;
