/// The HTTP side: connectors, limits, TLS, access log, request metrics, and the router that passes each request to
/// its application.
@NullMarked
package dev.pier.server.http;

import org.jspecify.annotations.NullMarked;
