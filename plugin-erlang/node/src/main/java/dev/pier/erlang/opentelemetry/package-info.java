/// Calls as spans of OpenTelemetry. Needs `opentelemetry-api`, which is an optional dependency.
@NullMarked
package dev.pier.erlang.opentelemetry;

import org.jspecify.annotations.NullMarked;
