/// The HTTP side: connectors, limits, TLS, access log, request metrics, and the router that leads a request to its
/// application. Who needs Jetty's connectors and handlers finds them here.
@NullMarked
package dev.pier.server.http;

import org.jspecify.annotations.NullMarked;
